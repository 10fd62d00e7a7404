using System.Net;
using Akka.Actor;
using Akka.TestKit;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Clustering.Wire;
using TspActors.Tracker.Peers;
using TspActors.Transport;

namespace TspActors.Tracker.Tests.Peers;

/// <summary>Tests the peer registry with probes in place of the catalog and the sessions.</summary>
public sealed class PeerRegistrySpecs : ProbeSpec
{
    private static readonly ByteString Secret = ByteString.CopyFrom(new byte[ResumeSecret.Size]);

    private readonly TestProbe _catalog;
    private readonly IActorRef _registry;

    public PeerRegistrySpecs()
    {
        _catalog = CreateTestProbe();
        _registry = Sys.ActorOf(PeerRegistryActor.Props());
    }

    [Fact]
    public async Task Joins_are_answered_during_a_large_share_and_each_host_reaches_the_catalog_before_its_share()
    {
        using var gate = new ManualResetEventSlim();
        var writer = Sys.ActorOf(Props.Create(() => new SlowCatalog(gate, TestActor)).WithDispatcher(TrackerDispatchers.Writer));
        _registry.Tell(CatalogBegun.Instance, writer);
        var sharing = await Join(1).Session.ExpectMsgAsync<PeerJoined>();
        Assert.Equal(Samples.Peer(1), (await ExpectMsgAsync<HostJoined>()).Host.Id);
        sharing.Peer.Tell(new ReceiveShare(Samples.Complete(Samples.Songs(2_000))));
        Assert.False((await ExpectMsgAsync<ApplyShare>()).Share.Last);

        // The catalog is busy with the first batch, but later joins are answered.
        foreach (var peer in Enumerable.Range(2, 20))
        {
            var (session, connection) = Join(peer);
            var joined = await session.ExpectMsgAsync<PeerJoined>();
            Assert.Equal(Operation.Init, Samples.Frame((await connection.ExpectMsgAsync<Send>()).First).Operation);
            joined.Peer.Tell(new ReceiveShare(Samples.Complete(Samples.Songs(1))));
        }

        Assert.False(HasMessages);
        gate.Set();

        // The catalog receives each host before that host's share.
        var hosts = new HashSet<PeerId>();
        for (var message = 0; message < 40; message++)
        {
            switch (await ExpectMsgAsync<object>())
            {
                case HostJoined joined:
                    hosts.Add(joined.Host.Id);
                    break;
                case ApplyShare apply:
                    Assert.Contains(apply.Peer, hosts);
                    break;
            }
        }

        Assert.Equal(20, hosts.Count);
    }

    [Fact]
    public async Task Peers_that_join_before_the_catalog_starts_are_registered_once_it_has_started()
    {
        var first = Join(1);
        var second = Join(2);
        var again = Join(1);
        await first.Connection.ExpectMsgAsync<CloseConnection>();
        _registry.Tell(CatalogBegun.Instance, _catalog);
        await second.Session.ExpectMsgAsync<PeerJoined>();
        await again.Session.ExpectMsgAsync<PeerJoined>();
        await _catalog.ExpectMsgAsync<HostJoined>();
        await _catalog.ExpectMsgAsync<HostJoined>();
        Assert.False(first.Session.HasMessages);
    }

    [Fact]
    public async Task A_peer_that_reconnects_joins_once_its_former_actor_has_stopped()
    {
        _registry.Tell(CatalogBegun.Instance, _catalog);
        var (session, connection) = Join(1);
        var former = Watch((await session.ExpectMsgAsync<PeerJoined>()).Peer);
        await connection.ExpectMsgAsync<Send>();
        await connection.ExpectMsgAsync<Send>();
        var second = Join(1, secret: Secret);
        await connection.ExpectMsgAsync<CloseConnection>();
        await ExpectTerminatedAsync(former);
        var joined = await second.Session.ExpectMsgAsync<PeerJoined>();
        Assert.NotEqual(former, joined.Peer);
        await _catalog.ExpectMsgAsync<HostJoined>();
        await _catalog.ExpectMsgAsync<HostJoined>();
    }

    [Fact]
    public async Task When_the_catalog_restarts_every_peer_has_to_register_again()
    {
        _registry.Tell(CatalogBegun.Instance, _catalog);
        var peer = Watch((await Join(1).Session.ExpectMsgAsync<PeerJoined>()).Peer);
        var restarted = CreateTestProbe();
        _registry.Tell(CatalogBegun.Instance, restarted);
        await ExpectTerminatedAsync(peer);
        await Join(1).Session.ExpectMsgAsync<PeerJoined>();
        await restarted.ExpectMsgAsync<HostJoined>();
    }

    [Fact]
    public async Task After_the_registry_fails_all_peers_are_gone_and_new_ones_join_the_same_catalog()
    {
        _registry.Tell(CatalogBegun.Instance, _catalog);
        var peer = Watch((await Join(1).Session.ExpectMsgAsync<PeerJoined>()).Peer);
        await _catalog.ExpectMsgAsync<HostJoined>();
        _registry.Tell(new JoinPeer(null!, false, new Welcome(), TestActor, TestActor));
        await ExpectTerminatedAsync(peer);
        await Join(2).Session.ExpectMsgAsync<PeerJoined>();
        Assert.Equal(Samples.Peer(2), (await _catalog.ExpectMsgAsync<HostJoined>()).Host.Id);
    }

    [Fact]
    public async Task Of_two_connections_that_claim_a_peers_id_the_second_is_refused_immediately_and_the_first_when_the_peer_answers()
    {
        _registry.Tell(CatalogBegun.Instance, _catalog);
        var (session, connection) = Join(1);
        await session.ExpectMsgAsync<PeerJoined>();
        await connection.ExpectMsgAsync<Send>();
        await connection.ExpectMsgAsync<Send>();
        var first = Join(1);
        var second = Join(1);
        await second.Session.ExpectMsgAsync<JoinRefused>();
        await connection.ExpectMsgAsync<ProveLife>();
        Assert.False(first.Session.HasMessages);
        connection.Reply(LifeShown.Instance);
        await first.Session.ExpectMsgAsync<JoinRefused>();
    }

    [Fact]
    public async Task A_peer_whose_connection_shows_no_life_is_replaced()
    {
        _registry.Tell(CatalogBegun.Instance, _catalog);
        var (session, connection) = Join(1);
        var peer = Watch((await session.ExpectMsgAsync<PeerJoined>()).Peer);
        var newcomer = Join(1);
        await connection.FishForMessageAsync<ProveLife>(_ => true);
        connection.Reply(NoLifeShown.Instance);
        await ExpectTerminatedAsync(peer);
        await newcomer.Session.ExpectMsgAsync<PeerJoined>();
    }

    [Fact]
    public async Task While_another_tracker_is_asked_about_a_peer_the_newest_connection_with_its_key_waits_for_the_reply()
    {
        var elsewhere = new RemoteRegistrations();
        elsewhere.Add(Samples.Peer(1), new RemoteRegistration(Address.AllSystems, ByteString.Empty, IsSecure: true));
        var registry = Sys.ActorOf(PeerRegistryActor.Props(elsewhere: elsewhere));
        registry.Tell(CatalogBegun.Instance, _catalog);
        var (first, second) = (JoinSecurely(registry), JoinSecurely(registry));
        await first.ExpectMsgAsync<JoinRefused>();

        registry.Tell(new RegistrationContested { PeerId = ByteString.CopyFrom(Samples.Peer(1).ToArray()), Stays = true });

        await second.ExpectMsgAsync<JoinRefused>();
        elsewhere.Remove(Samples.Peer(1));
        await JoinSecurely(registry).ExpectMsgAsync<PeerJoined>();
    }

    private TestProbe JoinSecurely(IActorRef registry)
    {
        var session = CreateTestProbe();
        var host = new CatalogHost(Samples.Peer(1), "peer 1", "10.0.0.1", 7071, IPAddress.Parse("10.0.0.1"), isSecure: true);
        registry.Tell(new JoinPeer(host, false, new Welcome { Resume = Secret }, session, CreateTestProbe()));
        return session;
    }

    private (TestProbe Session, TestProbe Connection) Join(int peer, ByteString? secret = null)
    {
        var (session, connection) = (CreateTestProbe(), CreateTestProbe());
        var welcome = new Welcome { Resume = Secret };
        _registry.Tell(new JoinPeer(Samples.Host(peer), false, welcome, session, connection) { ShownSecret = secret ?? ByteString.Empty });
        return (session, connection);
    }

    /// <summary>A catalog that blocks on a share until the gate opens.</summary>
    private sealed class SlowCatalog : UntypedActor
    {
        private readonly ManualResetEventSlim _gate;
        private readonly IActorRef _seen;

        public SlowCatalog(ManualResetEventSlim gate, IActorRef seen) => (_gate, _seen) = (gate, seen);

        protected override void OnReceive(object message)
        {
            _seen.Tell(message);
            if (message is ApplyShare)
                _gate.Wait(TimeSpan.FromSeconds(30));
        }
    }
}
