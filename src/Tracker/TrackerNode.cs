using System.Net;
using Akka.Actor;
using TspActors.Tracker.Observing;
using TspActors.Tracker.Peers;
using TspActors.Tracker.Reaching;
using TspActors.Transport;

namespace TspActors.Tracker;

/// <summary>A running tracker: its actors in an actor system, from the settings to an open port.</summary>
public sealed class TrackerNode
{
    private readonly IActorRef _listener;
    private readonly TimeSpan _drainTimeout;
    private readonly TrackerVitals _vitals;

    private TrackerNode(IPEndPoint address, IActorRef listener, TimeSpan drainTimeout, TrackerVitals vitals)
    {
        _vitals = vitals;
        Address = address;
        _listener = listener;
        _drainTimeout = drainTimeout;
    }

    /// <summary>Where it really listens.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Starts the tracker's actors and opens its port.</summary>
    /// <param name="system">Where they live.</param>
    /// <param name="settings">All of them.</param>
    /// <param name="vitals">What is seen of it from outside; null = nobody looks.</param>
    /// <exception cref="ListenException">The port could not be opened; the message says why and what to do.</exception>
    public static async Task<TrackerNode> StartAsync(ActorSystem system, TrackerSettings settings, TrackerVitals? vitals = null)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(settings);
        WritingDispatchers.AddTo(system);
        vitals ??= new TrackerVitals();
        var catalog = vitals.Catalog;
        var tracker = system.ActorOf(TrackerActor.Props(settings, catalog, vitals.Counts), "tracker");
        var ports = settings.Reachability.Enabled ? system.ActorOf(PortWatch.Props(settings.Reachability, vitals.Counts), "ports") : null;
        var (address, listener) = await system.ListenAsync(
            settings.Endpoint, settings.Transport, () => RequestSession.Props(settings, catalog, tracker, vitals.Counts, ports), "tsp", vitals.Connections).ConfigureAwait(false);
        vitals.Readiness.Has(TrackerVitals.Port);
        return new TrackerNode(address, listener, settings.DrainTimeout, vitals);
    }

    /// <summary>Takes no more connections, tells those that are open, and waits for them to end.</summary>
    public Task StopAsync()
    {
        _vitals.Readiness.Await(TrackerVitals.Port, "the tracker is going down");
        return _listener.Ask<Drained>(new Drain(_drainTimeout), _drainTimeout + TimeSpan.FromSeconds(5));
    }
}
