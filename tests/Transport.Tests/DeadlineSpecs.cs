using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests;

public class DeadlineSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    private static readonly byte[] List = FrameEncoder.Encode(Operation.List);

    [Fact]
    public async Task A_remote_end_that_sends_nothing_receives_a_timeout_error_and_is_disconnected()
    {
        using var link = await Connect(Patient with { FirstFrameTimeout = FirstFrame });
        link.Tell(ReadMore.Instance);
        await ExpectTimeout(link);
    }

    [Fact]
    public async Task Single_bytes_do_not_extend_the_first_frame_deadline()
    {
        using var link = await Connect(Patient with { FirstFrameTimeout = FirstFrame });
        link.Tell(ReadMore.Instance);
        using var told = new CancellationTokenSource();
        var trickle = Trickle(link.Remote, told.Token);
        Assert.Equal(ErrorCode.Timeout, (await link.Remote.ExpectError()).Code);
        await told.CancelAsync();
        await trickle;
        link.Remote.FinishSending();
        Assert.Equal(CloseReason.TimedOut, (await link.Session.ExpectMsgAsync<ConnectionClosed>()).Reason);

        static async Task Trickle(RawTspClient remote, CancellationToken told)
        {
            await remote.Send([0x80 | (byte)Operation.Share, 0, 0, 0, 0, 0, 0xf, 0, 0]);
            while (!told.IsCancellationRequested)
            {
                await remote.Send([0]);
                await Task.Yield();
            }
        }
    }

    [Fact]
    public async Task An_idle_remote_end_receives_a_timeout_error_and_is_disconnected()
    {
        using var link = await Connect(Patient with { IdleTimeout = Soon });
        link.Tell(ReadMore.Instance);
        await link.Remote.Send(List);
        await link.Session.ExpectMsgAsync<FramesReceived>();
        link.Tell(ReadMore.Instance);
        await ExpectTimeout(link);
    }

    [Fact]
    public async Task A_remote_end_is_not_idle_while_the_session_does_not_read()
    {
        using var link = await Connect(Patient with { IdleTimeout = Soon });
        link.Tell(ReadMore.Instance);
        await link.Remote.Send(List);
        await link.Session.ExpectMsgAsync<FramesReceived>();
        await link.Session.ExpectNoMsgAsync(2 * Soon);
    }

    [Fact]
    public async Task Allowed_silence_has_no_deadline_until_the_permission_ends()
    {
        using var link = await Connect(Patient with { IdleTimeout = Soon });
        link.Tell(ReadMore.Instance);
        await link.Remote.Send(List);
        await link.Session.ExpectMsgAsync<FramesReceived>();
        link.Tell(new AllowSilence(true));
        link.Tell(ReadMore.Instance);
        await link.Session.ExpectNoMsgAsync(2 * Soon);
        link.Tell(new AllowSilence(false));
        await ExpectTimeout(link);
    }

    [Fact]
    public async Task An_outgoing_connection_may_be_idle()
    {
        using var link = await Dial(Patient with { IdleTimeout = Soon, FirstFrameTimeout = Soon });
        link.Tell(ReadMore.Instance);
        await link.Session.ExpectNoMsgAsync(2 * Soon);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_silent_connection_with_a_heartbeat_is_pinged_and_then_closed(bool incoming)
    {
        using var link = incoming ? await Connect(Patient) : await Dial(Patient);
        link.Tell(ReadMore.Instance);
        await link.Remote.Send(List);
        await link.Session.ExpectMsgAsync<FramesReceived>();
        link.Tell(new KeepAlive(Soon));
        link.Tell(ReadMore.Instance);
        Assert.Equal(new Frame(Operation.Ping, 1, false, default), await link.Remote.Receive());
        Assert.Equal(new Frame(Operation.Ping, 2, false, default), await link.Remote.Receive());
        await ExpectTimeout(link);
    }

    [Fact]
    public async Task A_remote_end_that_answers_its_pings_stays_connected()
    {
        using var link = await Dial(Patient);
        link.Tell(new KeepAlive(TimeSpan.FromSeconds(1)));
        for (var beat = 1; beat <= 4; beat++)
        {
            link.Tell(ReadMore.Instance);
            Assert.Equal(beat, (await link.Remote.Receive())!.Value.SongId);
            await link.Remote.Send(FrameEncoder.Encode(Operation.Pong, beat));
            Assert.Equal(Operation.Pong, Assert.Single((await link.Session.ExpectMsgAsync<FramesReceived>()).Frames).Operation);
        }
    }

    [Fact]
    public async Task A_remote_end_that_never_reads_is_disconnected()
    {
        using var link = await Connect(
            Patient with { StalledWriterTimeout = Soon, CloseTimeout = Soon, MaxQueuedBytes = 64 * 1024 * 1024 });
        link.Tell(ReadMore.Instance);
        link.Tell(new Send(new byte[32 * 1024 * 1024]));
        Assert.Equal(CloseReason.TimedOut, (await link.Session.ExpectMsgAsync<ConnectionClosed>()).Reason);
    }

    [Fact]
    public async Task A_half_closed_connection_that_its_session_does_not_close_times_out()
    {
        using var link = await Connect(Patient with { IdleTimeout = Soon });
        link.Tell(ReadMore.Instance);
        link.Remote.FinishSending();
        await link.Session.ExpectMsgAsync<InputEnded>();
        Assert.Equal(ErrorCode.Timeout, (await link.Remote.ExpectError()).Code);
        Assert.Equal(CloseReason.TimedOut, (await link.Session.ExpectMsgAsync<ConnectionClosed>()).Reason);
    }

    private static async Task ExpectTimeout(Link link)
    {
        Assert.Equal(ErrorCode.Timeout, (await link.Remote.ExpectError()).Code);
        await link.Remote.ExpectEnd();
        link.Remote.FinishSending();
        Assert.Equal(CloseReason.TimedOut, (await link.Session.ExpectMsgAsync<ConnectionClosed>()).Reason);
    }
}
