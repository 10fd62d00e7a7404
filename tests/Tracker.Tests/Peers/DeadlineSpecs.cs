using TspActors.Protocol;

namespace TspActors.Tracker.Tests.Peers;

public sealed class DeadlineSpecs : TrackerSpec
{
    [Fact]
    public async Task A_connection_that_says_nothing_is_told_so_and_closed()
    {
        await StartTracker(Settings with { Transport = Settings.Transport with { FirstFrameTimeout = Soon } });
        var client = await Connect();
        await client.ExpectError(ErrorCode.Timeout);
        await client.ExpectEnd();
    }

    [Fact]
    public async Task Half_a_frame_is_no_first_frame()
    {
        await StartTracker(Settings with { Transport = Settings.Transport with { FirstFrameTimeout = Soon } });
        var client = await Connect();
        await client.Send((byte[])[0x81, 0, 0]);
        await client.ExpectError(ErrorCode.Timeout);
        await client.ExpectEnd();
    }

    [Fact]
    public async Task A_stranger_that_falls_silent_is_closed()
    {
        await StartTracker(Settings with { Transport = Settings.Transport with { IdleTimeout = Soon } });
        var client = await Connect();
        await client.List();
        await client.ExpectError(ErrorCode.Timeout);
        await client.ExpectEnd();
    }

    [Fact]
    public async Task One_connection_too_many_is_told_that_the_tracker_is_busy()
    {
        await StartTracker(Settings with { Transport = Settings.Transport with { MaxConnectionsPerAddress = 2 } });
        await (await Connect()).Settle();
        await (await Connect()).Settle();
        var third = await Connect();
        Assert.True((await third.ExpectError(ErrorCode.Busy)).Retryable);
        await third.ExpectEnd();
    }
}
