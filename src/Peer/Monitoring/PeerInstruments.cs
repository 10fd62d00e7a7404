using System.Diagnostics.Metrics;
using TspActors.Peer.Hosting;
using TspActors.Protocol;

namespace TspActors.Peer.Monitoring;

/// <summary>A peer's figures as System.Diagnostics.Metrics instruments, for Prometheus and other collectors.</summary>
/// <remarks>
/// The values come from the last reading of a <see cref="PeerReader"/>. Prometheus shows dots as underscores and appends the unit and, to
/// counters, "_total". All instruments are observable: they cost nothing until they are read.
/// </remarks>
internal sealed class PeerInstruments : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "TspActors.Peer";

    private readonly Meter _meter = new(MeterName, Version);
    private readonly long _started = TimeProvider.System.GetTimestamp();

    public PeerInstruments(PeerReader reader, MonitoredPeer peer)
    {
        Gauge("tsp.peer.connected", () => reader.Figures.Link?.Connected == true ? 1 : 0, "1 when the peer is registered at a tracker");
        Gauge(
            "tsp.peer.port.reachable",
            () => reader.Figures.Link?.PortReachable switch { true => 1, false => 0, null => null },
            "1 when the tracker could connect to the peer's port, 0 when not; absent while that is not known");
        Gauge("tsp.peer.songs", () => peer.SongsShared(), "Songs that the peer shares");
        Gauge("tsp.peer.songs.refused", () => reader.Figures.Link?.SongsRefused, "Songs that the tracker did not accept");
        Gauge("tsp.peer.files.left_out", () => reader.Figures.Library?.Summary.Problems.Count, "Files that the last scan left out");
        Gauge("tsp.peer.scanning", () => reader.Figures.Library is { } library ? library.Progress is null ? 0 : 1 : null, "1 while a scan is running");
        Gauge("tsp.peer.scan.failed", () => reader.Figures.Library is { } library ? library.Failure is null ? 0 : 1 : null, "1 when the last scan failed");
        Gauge("tsp.peer.streams.active", () => reader.Figures.Hosting?.Active, "Streams that are running, downloads included");
        Gauge("tsp.peer.streams.downloads", () => reader.Figures.Hosting?.Downloads, "Downloads among the running streams");
        Gauge("tsp.peer.streams.limit", () => reader.Figures.Hosting?.Max, "Streams that the limits allow now; 0 = no limit");
        Gauge("tsp.peer.streams.waiting", () => reader.Figures.Hosting?.Waiting, "Listeners that are waiting for a stream");
        Gauge("tsp.peer.connections", () => peer.Connections.Open, "Open connections to the peer's port");
        Counter("tsp.peer.streams", () => peer.Counts.Streams, "Streams that were admitted");
        Counter("tsp.peer.sent", () => peer.Counts.SentBytes, "Bytes of songs and live feeds that were handed to connections", "By");
        _meter.CreateObservableCounter(
            "tsp.peer.streams.refused", () => HostingCounts.Reasons.Select(reason => new Measurement<long>(
                peer.Counts.Refused(reason), new KeyValuePair<string, object?>("reason", Name(reason)))),
            description: "Streams that were refused, by reason");
        if (peer.Relay is { } relay)
        {
            Gauge("tsp.relay.sessions", () => relay.Sessions, "Pairs of connections that the peer relays now");
            Counter("tsp.relay", () => relay.Bytes, "Bytes that the peer has relayed, in both directions together", "By");
            Counter("tsp.relay.refused", () => relay.Refused, "Places and tickets that the peer's relay has refused");
        }

        _meter.CreateObservableGauge(
            "tsp.build.info", () => new Measurement<int>(1, new KeyValuePair<string, object?>("version", Version)),
            description: "Always 1; the label is the version of the program");
        _meter.CreateObservableGauge(
            "tsp.peer.uptime", () => TimeProvider.System.GetElapsedTime(_started).TotalSeconds, "s", "Time since the peer was started");
    }

    /// <summary>The program's version.</summary>
    public static string Version { get; } = typeof(PeerInstruments).Assembly.GetName().Version?.ToString(3) ?? "";

    public void Dispose() => _meter.Dispose();

    // Unknown figures are left out of the metrics.
    private void Gauge(string name, Func<long?> read, string description) => _meter.CreateObservableGauge(
        name, () => read() is { } value ? [new Measurement<long>(value)] : Array.Empty<Measurement<long>>(), description: description);

    private void Counter(string name, Func<long> read, string description, string? unit = null) =>
        _meter.CreateObservableCounter(name, read, unit, description);

    private static string Name(ErrorCode code) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName($"{code}");
}
