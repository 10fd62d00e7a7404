using Akka.Actor;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Monitoring;
using TspActors.Transport.Sessions;

namespace TspActors.Tracker.Peers;

/// <summary>The settings, shared state and actors that every session of a tracker uses.</summary>
/// <param name="Settings">The tracker's settings.</param>
/// <param name="Catalog">The source of the newest catalog snapshot.</param>
/// <param name="Counts">The counters behind metrics and statistics.</param>
/// <param name="Standing">The tracker's standing in its cluster.</param>
/// <param name="Peers">The PeerRegistryActor, which registers peers.</param>
/// <param name="Searcher">The SearcherActor, which searches the catalog.</param>
/// <param name="Ports">The PortWatchActor; null when the tracker does not probe ports.</param>
internal sealed record SessionDependencies(
    TrackerSettings Settings, PublishedCatalog Catalog, TrackerCounts Counts, PublishedStanding Standing, IActorRef Peers,
    IActorRef Searcher, IActorRef? Ports)
{
    /// <summary>The check of the access key; null = anyone may join.</summary>
    public AccessCheck? Access { get; } = AccessCheck.For(Settings.AccessKey, Settings.AccessKeyDelay, "tracker");
}
