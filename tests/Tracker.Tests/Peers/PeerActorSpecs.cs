using Akka.Actor;
using Akka.TestKit;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Peers;
using TspActors.Transport;

namespace TspActors.Tracker.Tests.Peers;

/// <summary>Checks in which order a peer's actor sends its frames, and that the actor waits until each one has been sent.</summary>
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
    public async Task The_welcome_and_the_request_for_songs_are_sent_first()
    {
        await Start();
        await _tracker.ExpectMsgAsync<HostJoined>();
        await _session.ExpectMsgAsync<PeerJoined>();
    }

    [Fact]
    public async Task Ids_are_sent_one_frame_at_a_time_before_the_session_continues()
    {
        var peer = await Start();
        await _session.ExpectMsgAsync<PeerJoined>();
        peer.Tell(new SongsAssigned([.. Enumerable.Range(1,
            12_000).Select(n => new AssignedSong { ContentHash = Samples.HashBytes(n), Id = n })], 12_000));
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
    public async Task A_peer_that_does_not_read_the_ids_of_its_songs_in_time_is_disconnected()
    {
        var peer = await Start(assignTimeout: TimeSpan.FromMilliseconds(200));
        peer.Tell(new SongsAssigned([.. Enumerable.Range(1, 10_000).Select(n => new AssignedSong { Id = n })], 0));
        peer.Tell(new Sent((await _connection.ExpectMsgAsync<Send>()).Token!));
        await _connection.ExpectMsgAsync<Send>();

        var lastWords = (await _connection.ExpectMsgAsync<CloseConnection>()).LastWords;

        Assert.Equal(ErrorCode.Timeout, Samples.Body<Error>(Samples.Frame(lastWords)).Code);
    }

    [Fact]
    public async Task A_large_share_is_applied_batch_by_batch_and_the_session_continues_after_the_last()
    {
        var peer = await Start();
        await _tracker.ExpectMsgAsync<HostJoined>();
        await _session.ExpectMsgAsync<PeerJoined>();
        peer.Tell(new ReceiveShare(Samples.Complete(Samples.Songs(2_500))));
        var offered = new List<int>();
        while (offered.Count < 3)
        {
            var batch = (await _tracker.ExpectMsgAsync<ApplyShare>()).Share;
            offered.Add(batch.Added.Length);
            Assert.Equal(offered.Count == 3, batch.Last);
            peer.Tell(new SongsAssigned([.. batch.Added.Select(song => new AssignedSong { ContentHash = song.HashBytes, Id = 1 })], 1));
            var send = await _connection.ExpectMsgAsync<Send>();
            Assert.Equal(batch.Added.Length, Samples.Body<Assign>(Samples.Frame(send.First)).Songs.Count);
            await peer.Ask<ActorIdentity>(new Identify(null));
            Assert.False(_tracker.HasMessages);
            Assert.False(_session.HasMessages);
            peer.Tell(new Sent(send.Token!));
        }

        Assert.Equal([1_000, 1_000, 500], offered);
        await _session.ExpectMsgAsync<ShareApplied>();
    }

    [Fact]
    public async Task After_a_share_without_songs_the_session_continues_immediately()
    {
        var peer = await Start();
        await _session.ExpectMsgAsync<PeerJoined>();
        peer.Tell(new SongsAssigned([], 0));
        await _session.ExpectMsgAsync<ShareApplied>();
    }

    [Fact]
    public async Task Broadcasts_that_a_peer_cannot_keep_up_with_become_a_single_request_to_list_again()
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
        // The latest change is acknowledged.
        await _tracker.FishForMessageAsync<CatalogChangeSent>(sent => sent.Change.Version == 5, hint: "the change that was sent");
    }

    [Fact]
    public async Task A_change_is_sent_frame_by_frame_and_acknowledged_after_the_last()
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
    public async Task A_peer_that_falls_behind_within_a_change_does_not_receive_the_rest_of_it()
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
    public async Task The_actor_stops_with_its_session_and_when_its_peer_leaves()
    {
        var first = await Start();
        Watch(first);
        Sys.Stop(_session);
        await ExpectTerminatedAsync(first);

        var second = Watch(Sys.ActorOf(PeerActor.Props(Joining(CreateTestProbe()), _tracker)));
        second.Tell(PeerLeaves.Instance);
        await ExpectTerminatedAsync(second);
    }

    private async Task<IActorRef> Start(TimeSpan? assignTimeout = null)
    {
        var peer = Sys.ActorOf(PeerActor.Props(Joining(_session), _tracker, assignTimeout: assignTimeout));
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
