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
        peer.Tell(new SongsAssigned([.. Enumerable.Range(1,
            12_000).Select(n => new AssignedSong { ContentHash = Samples.HashBytes(n), Id = n })]));
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
        await _session.ExpectMsgAsync<ShareApplied>();
    }

    [Fact]
    public async Task A_large_share_is_offered_part_by_part_and_the_session_reads_on_after_the_last()
    {
        var peer = await Start();
        await _tracker.ExpectMsgAsync<HostJoined>();
        await _session.ExpectMsgAsync<PeerJoined>();
        peer.Tell(new ReceiveShare(Samples.Complete(Samples.Songs(2_500))));
        var offered = new List<int>();
        while (offered.Count < 3)
        {
            var part = (await _tracker.ExpectMsgAsync<ApplyShare>()).Share;
            offered.Add(part.Added.Length);
            Assert.Equal(offered.Count == 3, part.Last);
            peer.Tell(new SongsAssigned([.. part.Added.Select(song => new AssignedSong { ContentHash = song.HashBytes, Id = 1 })]));
            var send = await _connection.ExpectMsgAsync<Send>();
            Assert.Equal(part.Added.Length, Samples.Body<Assign>(Samples.Frame(send.First)).Songs.Count);
            await peer.Ask<ActorIdentity>(new Identify(null));
            Assert.False(_tracker.HasMessages);
            Assert.False(_session.HasMessages);
            peer.Tell(new Sent(send.Token!));
        }

        Assert.Equal([1_000, 1_000, 500], offered);
        await _session.ExpectMsgAsync<ShareApplied>();
    }

    [Fact]
    public async Task A_share_without_songs_is_taken_at_once()
    {
        var peer = await Start();
        await _session.ExpectMsgAsync<PeerJoined>();
        peer.Tell(new SongsAssigned([]));
        await _session.ExpectMsgAsync<ShareApplied>();
    }

    [Fact]
    public async Task Broadcasts_that_come_faster_than_they_are_taken_become_one_word_to_list_again()
    {
        var peer = await Start();
        await _tracker.ExpectMsgAsync<HostJoined>();
        peer.Tell(Change(2));
        peer.Tell(Change(3));
        peer.Tell(Change(4));
        var first = await _connection.ExpectMsgAsync<Send>();
        Assert.Equal((1ul, 2ul), Versions(first));
        await peer.Ask<ActorIdentity>(new Identify(null));
        Assert.False(_connection.HasMessages);

        peer.Tell(new Sent(first.Token!));
        var again = await _connection.ExpectMsgAsync<Send>();
        Assert.Equal((4ul, 4ul), Versions(again));
        peer.Tell(new Sent(again.Token!));
        peer.Tell(Change(5));
        var next = await _connection.ExpectMsgAsync<Send>();
        Assert.Equal((4ul, 5ul), Versions(next));
        peer.Tell(new Sent(next.Token!));
        // It said nothing of those that it did not send in their time.
        await _tracker.FishForMessageAsync<CatalogChangeSent>(taken => taken.Change.Version == 5, hint: "the change that it took");
    }

    [Fact]
    public async Task A_change_of_several_frames_is_sent_one_by_one_and_taken_with_the_last()
    {
        var peer = await Start();
        await _tracker.ExpectMsgAsync<HostJoined>();
        var change = new CatalogChanged([.. Change(2).Frames, .. Change(3).Frames], 3);
        peer.Tell(change);
        var first = await _connection.ExpectMsgAsync<Send>();
        Assert.Equal((1ul, 2ul), Versions(first));
        await peer.Ask<ActorIdentity>(new Identify(null));
        Assert.False(_connection.HasMessages);
        peer.Tell(new Sent(first.Token!));
        var second = await _connection.ExpectMsgAsync<Send>();
        Assert.Equal((2ul, 3ul), Versions(second));
        await peer.Ask<ActorIdentity>(new Identify(null));
        Assert.False(_tracker.HasMessages);
        peer.Tell(new Sent(second.Token!));
        Assert.Same(change, (await _tracker.ExpectMsgAsync<CatalogChangeSent>()).Change);
    }

    [Fact]
    public async Task Who_is_slow_amid_a_change_of_several_frames_is_not_sent_the_rest_of_it()
    {
        var peer = await Start();
        await _tracker.ExpectMsgAsync<HostJoined>();
        peer.Tell(new CatalogChanged([.. Change(2).Frames, .. Change(3).Frames], 3));
        var first = await _connection.ExpectMsgAsync<Send>();
        peer.Tell(Change(4));
        peer.Tell(new Sent(first.Token!));
        Assert.Equal((4ul, 4ul), Versions(await _connection.ExpectMsgAsync<Send>()));
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

    private static CatalogChanged Change(ulong version) => new(DeltaFrames.Encode(version - 1, version, [], [1], int.MaxValue), version);

    private static (ulong From, ulong To) Versions(Send send)
    {
        var delta = Samples.Body<CatalogDelta>(Samples.Frame(send.First));
        return (delta.FromVersion, delta.ToVersion);
    }
}
