using Akka.Actor;
using Akka.TestKit;
using Google.Protobuf;
using TspActors.Peer.Live.Feeds;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Live;

/// <summary>Checks which chunks a feed tells its listeners about.</summary>
public sealed class FeedListenersSpecs(ITestOutputHelper output) : PeerSpec(output)
{
    private readonly FeedListeners _listeners = new(0);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_listener_that_takes_pairs_is_at_most_one_chunk_behind(int step)
    {
        var (pairs, single) = (CreateTestProbe(), CreateTestProbe());
        await AddAsync(pairs, inPairs: true);
        await AddAsync(single, inPairs: false);
        var (last, told) = (0ul, 0);
        for (var edge = 10ul; edge < 40; edge += (ulong)step)
        {
            _listeners.TellChanged(Feed(edge));

            Assert.Equal(edge, (await single.ExpectMsgAsync<FeedChanged>()).Snapshot.Edge.Sequence);
            if (await ToldAsync(pairs) is { } sequence)
                (last, told) = (sequence, told + 1);
            Assert.InRange(last, edge - 1, edge);
        }

        // With one chunk at a time, only the first of all may be an extra one.
        if (step == 1)
            Assert.InRange(told, 15, 16);
        else
            Assert.Equal(30 / step, told);
    }

    [Fact]
    public async Task At_the_end_all_listeners_know_about_the_last_chunk()
    {
        var probe = CreateTestProbe();
        await AddAsync(probe, inPairs: true);
        for (var edge = 10ul; edge <= 13; edge++)
        {
            _listeners.TellChanged(Feed(edge));
            _listeners.TellEnd(Feed(edge), FeedEnded.Instance);

            Assert.Equal(edge, await ToldAsync(probe));
        }
    }

    [Fact]
    public async Task A_feed_with_a_short_burst_tells_about_each_chunk()
    {
        var probe = CreateTestProbe();
        await AddAsync(probe, inPairs: true);
        for (var edge = 10ul; edge < 20; edge++)
        {
            _listeners.TellChanged(Feed(edge, TimeSpan.FromSeconds(1)));

            Assert.Equal(edge, (await probe.ExpectMsgAsync<FeedChanged>()).Snapshot.Edge.Sequence);
        }
    }

    // The number of the newest chunk that a listener has been told about since the last call; null = none.
    private static async Task<ulong?> ToldAsync(TestProbe listener)
    {
        ulong? told = null;
        listener.Tell("the end of the messages so far");
        while (await listener.ReceiveOneAsync() is var message and not string)
            told = message is FeedChanged changed ? changed.Snapshot.Edge.Sequence : told;
        return told;
    }

    private static FeedSnapshot Feed(ulong edge, TimeSpan? burst = null) => new(
        new FeedIdentity(default, "Radio", ByteString.Empty), [new FeedChunk(new LiveChunk { Sequence = edge }, new byte[10], FeedTitle.None)], [],
        TimeSpan.FromMilliseconds(500), burst ?? TimeSpan.FromSeconds(6), new AudioFormat());

    // Only an actor can add a listener, because it watches it.
    private async Task AddAsync(IActorRef listener, bool inPairs)
    {
        var adder = Sys.ActorOf(Props.Create(() => new Adder(_listeners, inPairs)));
        Assert.True(await adder.Ask<bool>(listener, TimeSpan.FromSeconds(30)));
    }

    private sealed class Adder(FeedListeners listeners, bool inPairs) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is IActorRef listener)
                Sender.Tell(listeners.TryAdd(listener, inPairs, Context));
        }
    }
}
