using System.Net;
using TspActors.Configuration;
using TspActors.Configuration.Hosting;
using TspActors.Media.Folders;
using TspActors.Media.Library;
using TspActors.Peer.Hosting;
using TspActors.Peer.Hosting.Limits;
using TspActors.Peer.Library;
using TspActors.Protocol;
using TspActors.Tracker;
using TspActors.Transport;

namespace TspActors.Peer;

/// <summary>Reads a <see cref="PeerSettings"/> from the configuration and checks every value.</summary>
public static class PeerSettingsReader
{
    private const int LongestName = 64;

    // A StreamStart with its 1,024 piece hashes, and the headers of the chunks.
    private const int RoomBesideChunks = 64 * 1024;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Keys whose values are never shown.</summary>
    public static IReadOnlyCollection<string> SecretKeys { get; } = ["tsp.peer.access-key"];

    /// <summary>Reads all settings.</summary>
    /// <exception cref="SettingsException">Something is wrong; it lists everything that is.</exception>
    public static PeerSettings Read(ProgramConfiguration configuration)
    {
        var reader = new SettingsReader(configuration);
        var name = reader.Text("tsp.peer.name", LongestName);
        var music = reader.TextList("tsp.peer.music");
        var data = reader.Text("tsp.peer.data");
        var trackers = reader.HostPortList("tsp.peer.trackers", defaultPort: 7070);
        if (trackers.Count == 0)
            reader.Reject("tsp.peer.trackers", "it names no tracker", "write at least one host:port");
        var settings = new PeerSettings
        {
            Name = name.Length > 0 ? name : DefaultName,
            Trackers = [.. trackers.Select(tracker => new TrackerAddress(tracker.Host, tracker.Port))],
            Music = music.Count > 0 ? music : DefaultMusic(),
            DataFolder = data.Length > 0 ? data : DefaultData(),
            Endpoint = new IPEndPoint(ListenAddress.Read(reader, "tsp.peer.host"), reader.Port("tsp.peer.port", zeroMeansAny: true)),
            AdvertisedAddress = reader.Text("tsp.peer.advertised-address", 253),
            AccessKey = reader.Secret("tsp.peer.access-key") is { } key ? new AccessKey(key) : null,
            LogFormat = LogSettings.ReadFormat(reader, "tsp.peer.log-format"),
            Library = ReadLibrary(reader),
            Hosting = ReadHosting(reader),
            Link = ReadLink(reader),
            Listening = ReadListening(reader),
            Transport = ReadTransport(reader),
        };
        CheckTogether(reader, settings);
        reader.ThrowIfAny();
        return settings;
    }

    private static void CheckTogether(SettingsReader reader, PeerSettings settings)
    {
        var (hosting, queue) = (settings.Hosting, settings.Transport.MaxQueuedBytes);
        var chunk = Math.Max(hosting.ChunkBytes, hosting.FullSpeedChunkBytes);
        if ((long)chunk * hosting.ChunksInFlight > queue - RoomBesideChunks)
        {
            reader.Reject(
                "tsp.peer.hosting.chunks-in-flight",
                $"{hosting.ChunksInFlight} chunks of {chunk} bytes are more than a connection may queue "
                    + $"({queue} bytes, {RoomBesideChunks} of them for what goes with the chunks), so every stream would be cut",
                "lower it or tsp.peer.hosting.chunk and full-speed-chunk, or raise tsp.peer.connections.max-queued");
        }

        HostingLimitsReader.CheckTogether(reader, hosting);
        if (settings.Link.ReconnectMin > settings.Link.ReconnectMax)
            reader.Reject("tsp.peer.link.reconnect-min", "it is longer than tsp.peer.link.reconnect-max", "write a shorter one, or raise the other");
    }

    private static string DefaultName => Environment.MachineName is { Length: > 0 } machine ? machine[..Math.Min(machine.Length, LongestName)] : "peer";

    private static LibrarySettings ReadLibrary(SettingsReader reader) => new()
    {
        Exclude = ReadPatterns(reader, "tsp.peer.library.exclude"),
        Include = ReadPatterns(reader, "tsp.peer.library.include"),
        Scan = new ScanSettings { Parallelism = reader.Int("tsp.peer.library.scan-parallelism", 1, 64) },
        Watch = new WatchSettings
        {
            Enabled = reader.Bool("tsp.peer.library.watch"),
            QuietTime = reader.Duration("tsp.peer.library.quiet-time", Shortest, Longest),
            SweepInterval = reader.Duration("tsp.peer.library.sweep-interval", TimeSpan.Zero, TimeSpan.FromDays(30)),
            SweepIntervalUnwatched = reader.Duration("tsp.peer.library.sweep-interval-unwatched", TimeSpan.Zero, TimeSpan.FromDays(30)),
            MaxPending = reader.Int("tsp.peer.library.max-pending", 1, 10_000_000),
        },
        RetryInterval = reader.Duration("tsp.peer.library.retry-interval", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
    };

    // Settings without patterns are equal to the defaults.
    private static IReadOnlyList<string> ReadPatterns(SettingsReader reader, string key) => reader.TextList(key) is { Count: > 0 } patterns ? patterns : [];

    private static HostingSettings ReadHosting(SettingsReader reader) => new()
    {
        MaxStreams = reader.Int("tsp.peer.hosting.max-streams", 0, HostingLimit.Most),
        Limits = HostingLimitsReader.Read(reader),
        StartBurst = reader.Duration("tsp.peer.hosting.start-burst", TimeSpan.Zero, Longest),
        ChunkBytes = (int)reader.Bytes("tsp.peer.hosting.chunk", 1024, 256 * 1024),
        FullSpeedChunkBytes = (int)reader.Bytes("tsp.peer.hosting.full-speed-chunk", 1024, 256 * 1024),
        SharedChunkBytes = reader.Bytes("tsp.peer.hosting.shared-chunks", 0, 1024 * 1024 * 1024),
        ChunksInFlight = reader.Int("tsp.peer.hosting.chunks-in-flight", 1, 64),
        BusyRetryAfter = reader.Duration("tsp.peer.hosting.busy-retry-after", TimeSpan.Zero, Longest),
        DrainTimeout = reader.Duration("tsp.peer.hosting.drain-timeout", TimeSpan.Zero, Longest),
    };

    private static LinkSettings ReadLink(SettingsReader reader) => new()
    {
        ReconnectMin = reader.Duration("tsp.peer.link.reconnect-min", Shortest, Longest),
        ReconnectMax = reader.Duration("tsp.peer.link.reconnect-max", Shortest, Longest),
        RequestTimeout = reader.Duration("tsp.peer.link.request-timeout", Shortest, Longest),
        ShareTimeout = reader.Duration("tsp.peer.link.share-timeout", Shortest, Longest),
        MaxPendingRequests = reader.Int("tsp.peer.link.max-pending", 1, 100_000),
        SpreadInterval = reader.Duration("tsp.peer.link.spread-interval", TimeSpan.Zero, Longest),
        SpreadIntervalMax = reader.Duration("tsp.peer.link.spread-interval-max", Shortest, Longest),
        MaxToldTrackers = reader.Int("tsp.peer.link.max-told-trackers", 0, 1_000),
        PortCheckInterval = reader.Duration("tsp.peer.link.port-check-interval", TimeSpan.Zero, Longest),
        OfferAgainMin = reader.Duration("tsp.peer.link.offer-again-min", Shortest, Longest),
        OfferAgainMax = reader.Duration("tsp.peer.link.offer-again-max", Shortest, Longest),
        Transport = new TransportSettings
        {
            ReadBufferBytes = 64 * 1024,
            ConnectTimeout = reader.Duration("tsp.peer.link.connect-timeout", Shortest, Longest),
        },
    };

    private static ListeningSettings ReadListening(SettingsReader reader) => new()
    {
        ConnectTimeout = reader.Duration("tsp.peer.listening.connect-timeout", Shortest, Longest),
        FirstByteTimeout = reader.Duration("tsp.peer.listening.first-byte-timeout", Shortest, Longest),
        SilenceTimeout = reader.Duration("tsp.peer.listening.silence-timeout", Shortest, Longest),
        SlowHostTimeout = reader.Duration("tsp.peer.listening.slow-host-timeout", Shortest, Longest),
        MinSilenceTimeout = reader.Duration("tsp.peer.listening.min-silence-timeout", Shortest, Longest),
        BusyTimeout = reader.Duration("tsp.peer.listening.busy-timeout", TimeSpan.Zero, Longest),
        Rounds = reader.Int("tsp.peer.listening.rounds", 1, 1_000),
        RoundDelay = reader.Duration("tsp.peer.listening.round-delay", TimeSpan.Zero, Longest),
        MaxQueue = reader.Int("tsp.peer.listening.max-queue", 1, 1_000_000),
        PlayerBufferBytes = (int)reader.Bytes("tsp.peer.listening.player-buffer", 64 * 1024, 256 * 1024 * 1024),
        PlayerBufferTime = reader.Duration("tsp.peer.listening.player-buffer-time", TimeSpan.FromSeconds(1), Longest),
        StartThreshold = reader.Duration("tsp.peer.listening.start-threshold", Shortest, TimeSpan.FromSeconds(10)),
        DeviceBuffer = reader.Duration("tsp.peer.listening.device-buffer", Shortest, TimeSpan.FromSeconds(10)),
        DeviceRetry = reader.Duration("tsp.peer.listening.device-retry", TimeSpan.FromMilliseconds(100), Longest),
        DeviceTimeout = reader.Duration("tsp.peer.listening.device-timeout", TimeSpan.FromMilliseconds(100), Longest),
        Prefetch = reader.Duration("tsp.peer.listening.prefetch", Shortest, Longest),
        SaveFolder = reader.Text("tsp.peer.listening.save-folder"),
        MaxSaves = reader.Int("tsp.peer.listening.max-saves", 1, 100),
    };

    private static TransportSettings ReadTransport(SettingsReader reader) => new()
    {
        MaxConnections = reader.Int("tsp.peer.connections.max", 1, 1_000_000),
        MaxConnectionsPerAddress = reader.Int("tsp.peer.connections.max-per-address", 1, 1_000_000),
        FirstFrameTimeout = reader.Duration("tsp.peer.connections.first-frame-timeout", Shortest, Longest),
        IdleTimeout = reader.Duration("tsp.peer.connections.idle-timeout", Shortest, TimeSpan.FromDays(1)),
        StalledWriterTimeout = reader.Duration("tsp.peer.connections.stalled-writer-timeout", Shortest, Longest),
        CloseTimeout = reader.Duration("tsp.peer.connections.close-timeout", Shortest, Longest),
        ReadBufferBytes = (int)reader.Bytes("tsp.peer.connections.read-buffer", 1024, 80 * 1024),
        MaxQueuedBytes = (int)reader.Bytes("tsp.peer.connections.max-queued", 1024 * 1024, 1024 * 1024 * 1024),
    };

    private static string[] DefaultMusic()
    {
        var music = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "Music");
        return Directory.Exists(music) ? [music] : [];
    }

    private static string DefaultData()
    {
        var data = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
        if (string.IsNullOrEmpty(data))
            data = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share");
        return Path.Combine(data, "tsp-peer");
    }
}
