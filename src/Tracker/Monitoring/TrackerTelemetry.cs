using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;
using TspActors.Transport;

namespace TspActors.Tracker.Monitoring;

/// <summary>
/// The observable state of a tracker: readiness, counters and catalog. It is created before the tracker, so that the tracker's start is
/// observable, too.
/// </summary>
public sealed class TrackerTelemetry
{
    internal const string Port = "port";
    internal const string Cluster = "cluster";

    private volatile ClusterStanding _standing = ClusterStanding.Single;
    private readonly long _started = TimeProvider.System.GetTimestamp();

    /// <summary>Creates the state of a tracker whose port is not open yet.</summary>
    public TrackerTelemetry() => Readiness.Await(Port, "the TSP port is not open yet");

    /// <summary>The conditions that still keep the tracker from serving.</summary>
    public Readiness Readiness { get; } = new();

    /// <summary>The tracker's counters.</summary>
    public TrackerCounts Counts { get; } = new();

    /// <summary>The counters of the connections to the TSP port.</summary>
    public ServerCounts Connections { get; } = new();

    /// <summary>The time since the tracker started.</summary>
    public TimeSpan Uptime => TimeProvider.System.GetElapsedTime(_started);

    internal PublishedCatalog Catalog { get; } = new();

    /// <summary>The tracker's standing in its cluster.</summary>
    internal ClusterStanding Standing
    {
        get => _standing;
        set
        {
            _standing = value;
            if (value.MayRegister)
                Readiness.Has(Cluster);
            else
                Readiness.Await(
                    Cluster, value.Members == 0 ? "the tracker has not joined its cluster yet" : "too few of the other trackers can be reached");
        }
    }

    /// <summary>The version of the program.</summary>
    internal static string Version { get; } = typeof(TrackerTelemetry).Assembly.GetName().Version?.ToString(3) ?? "";
}
