using TspActors.Protocol;

namespace TspActors.Tracker.Tests.Peers;

public sealed class DeadlineSpecs : TrackerSpec
{
    [Fact]
    public async Task A_silent_connection_receives_an_error_and_is_closed()
    {
        await StartTracker(Settings with { Transport = Settings.Transport with { FirstFrameTimeout = Soon } });
        var client = await Connect();
        await client.ExpectError(ErrorCode.Timeout);
        await client.ExpectEnd();
    }

    [Fact]
    public async Task An_incomplete_frame_does_not_count_as_the_first_frame()
    {
        await StartTracker(Settings with { Transport = Settings.Transport with { FirstFrameTimeout = Soon } });
        var client = await Connect();
        await client.Send((byte[])[0x81, 0, 0]);
        await client.ExpectError(ErrorCode.Timeout);
        await client.ExpectEnd();
    }

    [Fact]
    public async Task An_unregistered_connection_that_falls_silent_is_closed()
    {
        await StartTracker(Settings with { Transport = Settings.Transport with { IdleTimeout = Soon } });
        var client = await Connect();
        await client.List();
        await client.ExpectError(ErrorCode.Timeout);
        await client.ExpectEnd();
    }

    [Fact]
    public async Task A_connection_over_the_limit_of_its_address_is_refused_with_BUSY()
    {
        await StartTracker(Settings with { Transport = Settings.Transport with { MaxConnectionsPerAddress = 2 } });
        await Join(1);
        await Join(2);
        var third = await Connect();
        Assert.True((await third.ExpectError(ErrorCode.Busy)).Retryable);
        await third.ExpectEnd();
    }
}
