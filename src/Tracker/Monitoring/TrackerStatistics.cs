using TspActors.Protocol;

namespace TspActors.Tracker.Monitoring;

/// <summary>A snapshot of a tracker's counters, as returned by /stats.</summary>
internal sealed record TrackerStatistics(
    string Version,
    double UptimeSeconds,
    bool Ready,
    int Peers,
    int PeersUnreachable,
    int Songs,
    int ClusterMembers,
    int ClusterReachable,
    ulong CatalogVersion,
    long Connections,
    long MemoryBytes,
    IReadOnlyDictionary<string, long> Requests,
    IReadOnlyDictionary<string, long> Rejected,
    long Broadcasts,
    long BroadcastBytes)
{
    public static TrackerStatistics Collect(TrackerTelemetry telemetry)
    {
        var catalog = telemetry.Catalog.Current;
        return new TrackerStatistics(
            TrackerTelemetry.Version,
            Math.Round(telemetry.Uptime.TotalSeconds, 1),
            telemetry.Readiness.IsReady,
            telemetry.Counts.Peers,
            telemetry.Counts.UnreachablePeers,
            catalog.Count,
            telemetry.Standing.Members,
            telemetry.Standing.Reachable,
            catalog.Version,
            telemetry.Connections.Open,
            Environment.WorkingSet,
            telemetry.Counts.Requests.ToDictionary(),
            Rejections(telemetry).ToDictionary(),
            telemetry.Counts.Broadcasts,
            telemetry.Counts.BroadcastBytes);
    }

    /// <summary>Returns the number of refusals by reason, including connections that never had a session.</summary>
    public static IEnumerable<KeyValuePair<string, long>> Rejections(TrackerTelemetry telemetry)
    {
        var (busy, draining) = (Name(ErrorCode.Busy), Name(ErrorCode.ShuttingDown));
        return telemetry.Counts.Rejected.Select(reason => new KeyValuePair<string, long>(
            reason.Key, reason.Value
                + (reason.Key == busy ? telemetry.Connections.RefusedBusy : reason.Key == draining ? telemetry.Connections.RefusedDraining
                    : 0)));
    }

    private static string Name(ErrorCode code) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName($"{code}");
}
