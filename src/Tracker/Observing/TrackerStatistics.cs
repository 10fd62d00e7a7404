using TspActors.Protocol;

namespace TspActors.Tracker.Observing;

/// <summary>A tracker's counters at one moment, as /stats returns them.</summary>
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
    public static TrackerStatistics Of(TrackerVitals vitals)
    {
        var catalog = vitals.Catalog.Current;
        return new TrackerStatistics(
            TrackerVitals.Version,
            Math.Round(vitals.Uptime.TotalSeconds, 1),
            vitals.Readiness.IsReady,
            vitals.Counts.Peers,
            vitals.Counts.UnreachablePeers,
            catalog.Count,
            vitals.Standing.Members,
            vitals.Standing.Reachable,
            catalog.Version,
            vitals.Connections.Open,
            Environment.WorkingSet,
            vitals.Counts.Requests.ToDictionary(),
            Rejections(vitals).ToDictionary(),
            vitals.Counts.Broadcasts,
            vitals.Counts.BroadcastBytes);
    }

    /// <summary>Refusals by reason, including connections that never got a session.</summary>
    public static IEnumerable<KeyValuePair<string, long>> Rejections(TrackerVitals vitals)
    {
        var (busy, draining) = (Name(ErrorCode.Busy), Name(ErrorCode.ShuttingDown));
        return vitals.Counts.Rejected.Select(reason => new KeyValuePair<string, long>(
            reason.Key, reason.Value + (reason.Key == busy ? vitals.Connections.RefusedBusy : reason.Key == draining ? vitals.Connections.RefusedDraining : 0)));
    }

    private static string Name(ErrorCode code) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName($"{code}");
}
