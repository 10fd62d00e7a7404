using Akka.Actor;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Monitoring;

namespace TspActors.Tracker.Peers;

/// <summary>What all sessions of a tracker share.</summary>
/// <param name="Settings">The tracker's settings.</param>
/// <param name="Catalog">Where the newest catalog is found.</param>
/// <param name="Counts">What is counted for those who look at it from outside.</param>
/// <param name="Standing">How it stands in its cluster.</param>
/// <param name="Peers">The PeerRegistryActor, which registers peers.</param>
/// <param name="Searcher">Searches the catalog.</param>
/// <param name="Ports">Tries the ports of peers; null = nobody does.</param>
internal sealed record SessionDependencies(
    TrackerSettings Settings, PublishedCatalog Catalog, TrackerCounts Counts, PublishedStanding Standing, IActorRef Peers,
    IActorRef Searcher, IActorRef? Ports);
