using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests;

public class RawSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    // Read as a frame, these bytes would be an unknown operation, with a body length that no rules allow.
    private static readonly byte[] NoFrames = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3];

    private static readonly byte[] Ticket = FrameEncoder.Encode(Operation.Relay, 0, new Relay { Ok = true });

    [Fact]
    public async Task Bytes_that_arrive_in_raw_mode_reach_the_session_as_they_are()
    {
        using var link = await Connect(Patient);
        link.Tell(ReadMore.Instance);
        await link.Remote.Send(Ticket);
        await link.Session.ExpectMsgAsync<FramesReceived>();
        link.Tell(BeginRaw.Instance);
        await link.Remote.Send(NoFrames);
        Assert.Equal(NoFrames, await ReadRaw(link, NoFrames.Length));
    }

    [Fact]
    public async Task Bytes_after_a_RELAY_are_not_read_as_frames_and_arrive_first_in_raw_mode()
    {
        using var link = await Connect(Patient);
        link.Tell(ReadMore.Instance);
        await link.Remote.Send([.. Ticket, .. NoFrames]);
        var received = await link.Session.ExpectMsgAsync<FramesReceived>();
        Assert.Equal(Operation.Relay, Assert.Single(received.Frames).Operation);
        link.Tell(BeginRaw.Instance);
        Assert.Equal(NoFrames, await ReadRaw(link, NoFrames.Length));
    }

    [Fact]
    public async Task A_session_that_continues_with_frames_receives_those_after_a_RELAY_at_its_next_ReadMore()
    {
        using var link = await Connect(Patient);
        link.Tell(ReadMore.Instance);
        await link.Remote.Send([.. Ticket, .. FrameEncoder.Encode(Operation.Ping, 3)]);
        Assert.Single((await link.Session.ExpectMsgAsync<FramesReceived>()).Frames);
        link.Tell(ReadMore.Instance);
        var received = await link.Session.ExpectMsgAsync<FramesReceived>();
        Assert.Equal(new Frame(Operation.Ping, 3, false, default), Assert.Single(received.Frames));
    }

    [Fact]
    public async Task Nothing_is_read_in_raw_mode_until_the_session_asks_for_more()
    {
        using var link = await BeginRawLink();
        await link.Remote.Send(NoFrames);
        link.Tell(new Send(NoFrames, Token: 1));
        await link.Session.ExpectMsgAsync<Sent>();
        await link.Session.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100));
        link.Tell(ReadMore.Instance);
        await link.Session.ExpectMsgAsync<RawReceived>();
    }

    [Fact]
    public async Task Bytes_that_the_session_sends_in_raw_mode_arrive()
    {
        using var link = await BeginRawLink();
        link.Tell(new Send(NoFrames));
        var received = new List<byte>();
        while (received.Count < NoFrames.Length)
            received.AddRange(await link.Remote.ReceiveBytes());
        Assert.Equal(NoFrames, received.ToArray());
    }

    [Fact]
    public async Task In_raw_mode_the_input_may_end_anywhere()
    {
        using var link = await BeginRawLink();
        link.Tell(ReadMore.Instance);
        link.Remote.FinishSending();
        await link.Session.ExpectMsgAsync<InputEnded>();
        link.Tell(new CloseConnection());
        Assert.Equal(CloseReason.ClosedByRemote, (await link.Session.ExpectMsgAsync<ConnectionClosed>()).Reason);
    }

    [Fact]
    public async Task Silence_has_no_deadline_in_raw_mode()
    {
        var brief = TimeSpan.FromMilliseconds(50);
        using var link = await BeginRawLink(Patient with { FrameTimeout = brief });
        link.Tell(ReadMore.Instance);
        await link.Remote.Send(NoFrames);
        await link.Session.ExpectMsgAsync<RawReceived>();
        link.Tell(ReadMore.Instance);
        await link.Session.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(300));
        await link.Remote.Send(NoFrames);
        await link.Session.ExpectMsgAsync<RawReceived>();
    }

    private async Task<Link> BeginRawLink(TransportSettings? settings = null)
    {
        var link = await Connect(settings ?? Patient);
        link.Tell(ReadMore.Instance);
        await link.Remote.Send(Ticket);
        await link.Session.ExpectMsgAsync<FramesReceived>();
        link.Tell(BeginRaw.Instance);
        return link;
    }

    private static async Task<byte[]> ReadRaw(Link link, int length)
    {
        var bytes = new List<byte>();
        while (bytes.Count < length)
        {
            link.Tell(ReadMore.Instance);
            bytes.AddRange((await link.Session.ExpectMsgAsync<RawReceived>()).Bytes.ToArray());
        }

        return [.. bytes];
    }
}
