using System.Diagnostics;
using Akka.Actor;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Members;
using TspActors.Tracker.Monitoring;
using TspActors.Tracker.Relays;
using TspActors.Transport.Sessions;
using TspActors.Transport.Tls;

namespace TspActors.Tracker.Peers;

/// <summary>The settings, shared state and actors that every session of a tracker uses.</summary>
/// <param name="Settings">The tracker's settings.</param>
/// <param name="Catalog">The source of the newest catalog snapshot.</param>
/// <param name="Counts">The counters behind metrics and statistics.</param>
/// <param name="Standing">The tracker's standing in its cluster.</param>
/// <param name="Peers">The PeerRegistryActor, which registers peers.</param>
/// <param name="Searcher">The SearcherActor, which searches the catalog.</param>
/// <param name="Ports">The PortWatchActor; null = the tracker does not probe ports.</param>
/// <param name="Calls">The CallDeskActor, which passes calls on; null = the tracker does not probe ports.</param>
/// <param name="Identity">The tracker's TLS key and certificate; null = it does not accept TLS.</param>
/// <param name="Members">Who may join; null = the tracker has no list of members.</param>
internal sealed record SessionDependencies(
    TrackerSettings Settings, PublishedCatalog Catalog, TrackerCounts Counts, PublishedStanding Standing, IActorRef Peers,
    IActorRef Searcher, IActorRef? Ports, IActorRef? Calls = null, TlsIdentity? Identity = null, Membership? Members = null)
{
    /// <summary>The RelayDeskActor of the tracker's own relay; null = it does not relay.</summary>
    public IActorRef? RelayDesk { get; init; }

    /// <summary>The RelayBrokerActor; null = the tracker arranges no relays.</summary>
    public IActorRef? RelayBroker { get; init; }

    /// <summary>The relays that the tracker can choose from; null = it arranges none.</summary>
    public KnownRelays? Relays { get; init; }

    /// <summary>Limits how fast songs are added, changed and removed.</summary>
    public SharePace SharePace { get; } = new(Settings.Shares, Stopwatch.GetElapsedTime(0));

    /// <summary>The id of the key that the tracker currently presents in TLS; null = it does not accept TLS.</summary>
    public KeyId? KeyId => Identity?.KeyId;

    /// <summary>Checks the access key and invitations; null = the tracker has neither.</summary>
    public AccessCheck? Access { get; } = Members is null
        ? AccessCheck.For(Settings.AccessKey, Settings.AccessKeyDelay, "tracker")
        : AccessCheck.OfMembers(Settings.AccessKey, Settings.AccessKeyDelay, "tracker");
}
