using TspActors.Tracker.Catalog;
using TspActors.Transport;

namespace TspActors.Tracker.Observing;

/// <summary>What can be seen of a tracker from outside: whether it is ready, what it counts, and its catalog. Made before the tracker, so that it can be seen starting.</summary>
public sealed class TrackerVitals
{
    internal const string Port = "port";
    internal const string Cluster = "cluster";

    private readonly long _started = TimeProvider.System.GetTimestamp();

    /// <summary>A tracker whose port is not open yet.</summary>
    public TrackerVitals() => Readiness.Await(Port, "the TSP port is not open yet");

    /// <summary>What it still waits for.</summary>
    public Readiness Readiness { get; } = new();

    /// <summary>What it has done.</summary>
    public TrackerCounts Counts { get; } = new();

    /// <summary>Its connections.</summary>
    public ListenerCounts Connections { get; } = new();

    /// <summary>Time since it was started.</summary>
    public TimeSpan Uptime => TimeProvider.System.GetElapsedTime(_started);

    internal CatalogCell Catalog { get; } = new();

    /// <summary>The program's version.</summary>
    internal static string Version { get; } = typeof(TrackerVitals).Assembly.GetName().Version?.ToString(3) ?? "";
}
