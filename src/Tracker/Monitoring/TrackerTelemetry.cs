using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;
using TspActors.Transport;

namespace TspActors.Tracker.Monitoring;

/// <summary>What can be seen of a tracker from outside: whether it is ready, what it counts, and its catalog. Made before the tracker, so that it can be seen starting.</summary>
public sealed class TrackerTelemetry
{
    internal const string Port = "port";
    internal const string Cluster = "cluster";

    private volatile ClusterStanding _standing = ClusterStanding.Single;
    private readonly long _started = TimeProvider.System.GetTimestamp();

    /// <summary>A tracker whose port is not open yet.</summary>
    public TrackerTelemetry() => Readiness.Await(Port, "the TSP port is not open yet");

    /// <summary>What it still waits for.</summary>
    public Readiness Readiness { get; } = new();

    /// <summary>What it has done.</summary>
    public TrackerCounts Counts { get; } = new();

    /// <summary>Its connections.</summary>
    public ServerCounts Connections { get; } = new();

    /// <summary>Time since it was started.</summary>
    public TimeSpan Uptime => TimeProvider.System.GetElapsedTime(_started);

    internal PublishedCatalog Catalog { get; } = new();

    /// <summary>How it stands in its cluster.</summary>
    internal ClusterStanding Standing
    {
        get => _standing;
        set
        {
            _standing = value;
            if (value.MayRegister)
                Readiness.Has(Cluster);
            else
                Readiness.Await(Cluster, value.Members == 0 ? "it has not joined its cluster yet" : "too few of the other trackers can be reached");
        }
    }

    /// <summary>The program's version.</summary>
    internal static string Version { get; } = typeof(TrackerTelemetry).Assembly.GetName().Version?.ToString(3) ?? "";
}
