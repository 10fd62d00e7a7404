using System.Collections.Immutable;
using TspActors.Tracker.Clustering;

namespace TspActors.Tracker.Monitoring;

/// <summary>The values on the status page, as returned by /api/status. Totals count from the tracker's start.</summary>
/// <remarks>
/// The port may be open to strangers, so the report contains only numbers, states and fixed words: no name, address, key, id or title.
/// </remarks>
internal sealed record StatusReport(
    string Version,
    double UptimeSeconds,
    bool Ready,
    IReadOnlyList<string> Missing,
    PeersReport Peers,
    int Songs,
    int Hosts,
    ulong CatalogVersion,
    long Connections,
    long MemoryBytes,
    IReadOnlyDictionary<string, long> Requests,
    IReadOnlyDictionary<string, long> Rejected,
    long Broadcasts,
    long BroadcastBytes,
    RelayReport Relay,
    ClusterReport Cluster)
{
    /// <summary>Reads the current values.</summary>
    public static StatusReport Collect(TrackerTelemetry telemetry)
    {
        var (counts, catalog, standing) = (telemetry.Counts, telemetry.Catalog.Current, telemetry.Standing);
        var missing = telemetry.Readiness.Missing;
        var (peers, secure) = (counts.Peers, counts.SecurePeers);
        return new StatusReport(
            TrackerTelemetry.Version,
            Math.Round(telemetry.Uptime.TotalSeconds, 3),
            missing.Count == 0,
            missing,
            // The two numbers are read one after the other, so a peer may have joined or left in between.
            new PeersReport(peers, Math.Min(peers, secure), Math.Max(0, peers - secure), counts.UnreachablePeers),
            catalog.Count,
            catalog.Hosts,
            catalog.Version,
            telemetry.Connections.Open,
            Environment.WorkingSet,
            counts.Requests.ToDictionary(),
            TrackerStatistics.Rejections(telemetry).ToDictionary(),
            counts.Broadcasts,
            counts.BroadcastBytes,
            new RelayReport(counts.Relay.Sessions, counts.Relay.Bytes, counts.Relay.Refused),
            new ClusterReport(standing.Members, standing.Reachable, standing.MayRegister, standing.Trackers));
    }
}

/// <summary>The registered peers of this tracker.</summary>
/// <param name="Registered">The number of registered peers.</param>
/// <param name="Tls">How many of them use TLS with their own key.</param>
/// <param name="Plain">How many of them do not.</param>
/// <param name="Unreachable">How many of them have a port that could not be reached.</param>
internal sealed record PeersReport(int Registered, int Tls, int Plain, int Unreachable);

/// <summary>The tracker's own relay.</summary>
internal sealed record RelayReport(int Sessions, long Bytes, long Refused);

/// <summary>The tracker's cluster; 0 members = a single tracker.</summary>
internal sealed record ClusterReport(int Members, int Reachable, bool MayRegister, ImmutableArray<ClusterMember> Trackers);
