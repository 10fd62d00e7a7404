using Akka.Actor;
using Akka.TestKit;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Peers;
using TspActors.Transport;

namespace TspActors.Tracker.Tests.Peers;

/// <summary>A peer's actor between probes: in what order it speaks, and what it never queues.</summary>
public sealed class PeerActorSpecs : ProbeSpec
{
    private readonly TestProbe _connection;
    private readonly TestProbe _session;
    private readonly TestProbe _tracker;

    public PeerActorSpecs()
    {
        _connection = CreateTestProbe();
        _session = CreateTestProbe();
        _tracker = CreateTestProbe();
    }

    [Fact]
    public async Task The_welcome_and_the_request_for_songs_come_first()
    {
        await Start();
        await _tracker.ExpectMsgAsync<HostJoined>();
        await _session.ExpectMsgAsync<PeerJoined>();
    }

    [Fact]
    public async Task Ids_are_sent_frame_by_frame_as_they_are_taken_and_then_the_session_may_read_on()
    {
        var peer = await Start();
        await _session.ExpectMsgAsync<PeerJoined>();
        peer.Tell(new SongsAssigned([.. Enumerable.Range(1, 12_000).Select(n => new AssignedSong { ContentHash = Samples.HashBytes(n), Id = n })]));
        var ids = new List<int>();
        while (ids.Count < 12_000)
        {
            var send = await _connection.ExpectMsgAsync<Send>();
            ids.AddRange(Samples.Body<Assign>(Samples.Frame(send.First)).Songs.Select(song => song.Id));
            await peer.Ask<ActorIdentity>(new Identify(null));
            Assert.False(_connection.HasMessages);
            Assert.False(_session.HasMessages);
            peer.Tell(new Sent(send.Token!));
        }

        Assert.Equal(Enumerable.Range(1, 12_000), ids);
        await _session.ExpectMsgAsync<ShareTaken>();
    }

    [Fact]
    public async Task A_share_without_songs_is_taken_at_once()
    {
        var peer = await Start();
        await _session.ExpectMsgAsync<PeerJoined>();
        peer.Tell(new SongsAssigned([]));
        await _session.ExpectMsgAsync<ShareTaken>();
    }

    [Fact]
    public async Task Broadcasts_that_come_faster_than_they_are_taken_become_one_word_to_list_again()
    {
        var peer = await Start();
        await _tracker.ExpectMsgAsync<HostJoined>();
        peer.Tell(Change(2));
        peer.Tell(Change(3));
        peer.Tell(Change(4));
        Assert.Equal(3ul, (await _tracker.ExpectMsgAsync<CatalogChangeTaken>()).Change.Version);
        Assert.Equal(4ul, (await _tracker.ExpectMsgAsync<CatalogChangeTaken>()).Change.Version);
        var first = await _connection.ExpectMsgAsync<Send>();
        Assert.Equal((1ul, 2ul), Versions(first));
        await peer.Ask<ActorIdentity>(new Identify(null));
        Assert.False(_connection.HasMessages);

        peer.Tell(new Sent(first.Token!));
        Assert.Equal(2ul, (await _tracker.ExpectMsgAsync<CatalogChangeTaken>()).Change.Version);
        var again = await _connection.ExpectMsgAsync<Send>();
        Assert.Equal((4ul, 4ul), Versions(again));
        peer.Tell(new Sent(again.Token!));
        peer.Tell(Change(5));
        Assert.Equal((4ul, 5ul), Versions(await _connection.ExpectMsgAsync<Send>()));
    }

    [Fact]
    public async Task It_ends_with_its_session_and_when_its_peer_leaves()
    {
        var first = await Start();
        Watch(first);
        Sys.Stop(_session);
        await ExpectTerminatedAsync(first);

        var second = Watch(Sys.ActorOf(PeerActor.Props(Joining(CreateTestProbe()), _tracker)));
        second.Tell(PeerLeaves.Instance);
        await ExpectTerminatedAsync(second);
    }

    private async Task<IActorRef> Start()
    {
        var peer = Sys.ActorOf(PeerActor.Props(Joining(_session), _tracker));
        Assert.Equal(Operation.Init, Samples.Frame((await _connection.ExpectMsgAsync<Send>()).First).Operation);
        Assert.Equal(Operation.List, Samples.Frame((await _connection.ExpectMsgAsync<Send>()).First).Operation);
        return peer;
    }

    private JoinPeer Joining(IActorRef session) => new(Samples.Host(1), true, new Welcome(), session, _connection);

    private static CatalogChanged Change(ulong version) => new(CatalogAnswers.Delta(version - 1, version, [], [1]), version);

    private static (ulong From, ulong To) Versions(Send send)
    {
        var delta = Samples.Body<CatalogDelta>(Samples.Frame(send.First));
        return (delta.FromVersion, delta.ToVersion);
    }
}
