using System.Diagnostics.Metrics;

namespace TspActors.Tracker.Monitoring;

/// <summary>A tracker's counters as System.Diagnostics.Metrics instruments, for Prometheus, dotnet-counters and other collectors.</summary>
/// <remarks>
/// Prometheus shows dots as underscores, and appends the unit and, for counters, "_total": tsp.requests becomes tsp_requests_total. All
/// instruments except the histogram are observable: they cost nothing until they are read.
/// </remarks>
internal sealed class TrackerInstruments : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "TspActors.Tracker";

    // A reply from the catalog takes about a microsecond, a search a few milliseconds.
    private static readonly double[] DurationBounds =
        [1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 0.1, 1];

    private readonly TrackerTelemetry _telemetry;
    private readonly Meter _meter = new(MeterName, TrackerTelemetry.Version);

    public TrackerInstruments(TrackerTelemetry telemetry)
    {
        _telemetry = telemetry;
        var counts = telemetry.Counts;
        _meter.CreateObservableGauge("tsp.tracker.peers", () => counts.Peers, description: "Registered peers");
        _meter.CreateObservableGauge(
            "tsp.tracker.peers.unreachable", () => counts.UnreachablePeers,
            description: "Registered peers whose port could not be reached");
        _meter.CreateObservableGauge("tsp.tracker.songs", () => telemetry.Catalog.Current.Count, description: "Songs that have a host");
        _meter.CreateObservableGauge(
            "tsp.tracker.catalog.version", () => (long)telemetry.Catalog.Current.Version,
            description: "Version of the catalog, which grows with each batch of changes");
        _meter.CreateObservableGauge("tsp.tracker.ready", () => telemetry.Readiness.IsReady ? 1 : 0, description: "1 when the tracker can serve");
        _meter.CreateObservableGauge(
            "tsp.build.info", () => new Measurement<int>(1, new KeyValuePair<string, object?>("version", TrackerTelemetry.Version)),
            description: "Always 1; the label is the version of the program");
        _meter.CreateObservableGauge("tsp.tracker.uptime", () => telemetry.Uptime.TotalSeconds, "s", "Time since the tracker was started");
        _meter.CreateObservableGauge(
            "tsp.tracker.cluster.members", () => telemetry.Standing.Members,
            description: "Trackers in the cluster, including this one; 0 = no cluster");
        _meter.CreateObservableGauge(
            "tsp.tracker.cluster.reachable", () => telemetry.Standing.Reachable, description: "Trackers in the cluster that are reachable");
        _meter.CreateObservableGauge(
            "tsp.connections", () => telemetry.Connections.Open, description: "Open connections, of peers and others");
        _meter.CreateObservableCounter(
            "tsp.requests", () => Labelled("op", counts.Requests), description: "Frames received, by operation");
        _meter.CreateObservableCounter(
            "tsp.rejected", () => Labelled(
                "reason",
                TrackerStatistics.Rejections(telemetry)), description: "Requests, connections and songs that were refused, by reason");
        _meter.CreateObservableCounter("tsp.broadcasts", () => counts.Broadcasts, description: "Broadcasts sent");
        _meter.CreateObservableCounter(
            "tsp.broadcast", () => counts.BroadcastBytes, "By", "Broadcast bytes, counted once for each recipient");
        _meter.CreateObservableGauge(
            "tsp.relay.sessions", () => counts.Relay.Sessions, description: "Pairs of connections that the tracker is relaying");
        _meter.CreateObservableCounter(
            "tsp.relay", () => counts.Relay.Bytes, "By", "Bytes that the tracker has relayed, both directions together");
        _meter.CreateObservableCounter(
            "tsp.relay.refused", () => counts.Relay.Refused, description: "Places and tickets that the tracker's relay has refused");

        var duration = _meter.CreateHistogram(
            "tsp.request.duration", "s",
            "Time to answer a request: all searches, shares and registrations, but only the first of other requests handled together",
            tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = DurationBounds });
        var labels = Enumerable.Range(0, TrackerCounts.OperationCount)
            .Select(operation => new KeyValuePair<string, object?>("op", TrackerCounts.NameOf(operation))).ToArray();
        counts.Timed = (operation, time) => duration.Record(time.TotalSeconds, labels[operation]);
    }

    public void Dispose()
    {
        _telemetry.Counts.Timed = null;
        _meter.Dispose();
    }

    private static IEnumerable<Measurement<long>> Labelled(string label, IEnumerable<KeyValuePair<string, long>> values) =>
        values.Select(value => new Measurement<long>(value.Value, new KeyValuePair<string, object?>(label, value.Key)));
}
