using System.Net;
using Akka.Actor;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Peers;
using TspActors.Tracker.Search;
using TspActors.Transport;

namespace TspActors.Tracker;

/// <summary>A running tracker: its actors in an actor system, from the settings to an open port.</summary>
public sealed class TrackerNode
{
    private readonly IActorRef _listener;
    private readonly TimeSpan _drainTimeout;

    private TrackerNode(IPEndPoint address, IActorRef listener, TimeSpan drainTimeout)
    {
        Address = address;
        _listener = listener;
        _drainTimeout = drainTimeout;
    }

    /// <summary>Where it really listens.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Starts the tracker's actors and opens its port.</summary>
    /// <exception cref="ListenException">The port could not be opened; the message says why and what to do.</exception>
    public static async Task<TrackerNode> StartAsync(ActorSystem system, TrackerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(settings);
        TrackerDispatchers.AddTo(system);
        var catalog = new CatalogCell();
        var searcher = system.ActorOf(Searcher.Props(), "search");
        var tracker = system.ActorOf(TrackerActor.Props(settings, catalog), "tracker");
        var (address, listener) = await system.ListenAsync(
            settings.Endpoint, settings.Transport, () => RequestSession.Props(settings, catalog, tracker, searcher), "tsp").ConfigureAwait(false);
        return new TrackerNode(address, listener, settings.DrainTimeout);
    }

    /// <summary>Takes no more connections, tells those that are open, and waits for them to end.</summary>
    public Task StopAsync() => _listener.Ask<Drained>(new Drain(_drainTimeout), _drainTimeout + TimeSpan.FromSeconds(5));
}
