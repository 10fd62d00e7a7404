using System.Collections.Immutable;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests;

public class ReadingSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    private static readonly byte[] List = FrameEncoder.Encode(Operation.List);

    [Fact]
    public async Task A_frame_from_an_incoming_connection_reaches_its_session_and_the_reply_comes_back()
    {
        using var link = await Connect(Patient);
        link.Tell(ReadMore.Instance);
        await link.Remote.Send(List);

        var received = await link.Session.ExpectMsgAsync<FramesReceived>();
        Assert.Equal(new Frame(Operation.List, 0, false, default), Assert.Single(received.Frames));

        link.Tell(new Send(FrameEncoder.Encode(Operation.Pong, 7), Token: "pong"));
        Assert.Equal("pong", (await link.Session.ExpectMsgAsync<Sent>()).Token);
        Assert.Equal(new Frame(Operation.Pong, 7, false, default), await link.Remote.Receive());
    }

    [Fact]
    public async Task A_frame_from_an_outgoing_connection_reaches_its_owner()
    {
        using var link = await Dial(Patient);
        link.Tell(ReadMore.Instance);
        await link.Remote.Send(List);
        Assert.Single((await link.Session.ExpectMsgAsync<FramesReceived>()).Frames);
    }

    [Fact]
    public async Task Frames_split_at_any_byte_arrive_complete()
    {
        byte[] bytes = [.. List, .. FrameEncoder.Encode(Operation.Share, 0,
            new Share { Last = true, Load = new HostLoad { MaxStreams = 9 } }), .. List];
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            using var link = await Connect(Patient);
            link.Tell(ReadMore.Instance);
            await link.Remote.Send(bytes[..cut], bytes[cut..]);
            var frames = await Frames(link, 3);
            Assert.Equal([Operation.List, Operation.Share, Operation.List], frames.Select(frame => frame.Operation));
            Assert.Equal(9u, Share.Parser.ParseFrom(frames[1].Body.Span).Load.MaxStreams);
        }
    }

    [Fact]
    public async Task Nothing_is_read_until_the_session_asks_for_more()
    {
        using var link = await Connect(Patient);
        await link.Remote.Send(List);
        link.Tell(new Send(List, Token: 1));
        await link.Session.ExpectMsgAsync<Sent>();
        await link.Session.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100));

        link.Tell(ReadMore.Instance);
        await link.Session.ExpectMsgAsync<FramesReceived>();
        await link.Remote.Send(List);
        await link.Session.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100));
        link.Tell(ReadMore.Instance);
        await link.Session.ExpectMsgAsync<FramesReceived>();
    }

    [Fact]
    public async Task Ten_thousand_pipelined_frames_arrive_in_order()
    {
        using var link = await Connect(Patient);
        var all = Enumerable.Range(1, 10_000).SelectMany(id => FrameEncoder.Encode(Operation.Info, id)).ToArray();
        link.Tell(ReadMore.Instance);
        var sending = link.Remote.Send(all);
        var frames = await Frames(link, 10_000);
        await sending;
        Assert.Equal(Enumerable.Range(1, 10_000), frames.Select(frame => frame.SongId));
    }

    private static async Task<List<Frame>> Frames(Link link, int count)
    {
        var frames = new List<Frame>();
        while (frames.Count < count)
        {
            frames.AddRange((await link.Session.ExpectMsgAsync<FramesReceived>()).Frames);
            link.Tell(ReadMore.Instance);
        }

        return frames;
    }
}
