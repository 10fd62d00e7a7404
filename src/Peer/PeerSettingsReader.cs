using System.Net;
using TspActors.Configuration;
using TspActors.Configuration.Hosting;
using TspActors.Gateway;
using TspActors.Monitoring;
using TspActors.Peer.Hosting;
using TspActors.Peer.Library;
using TspActors.Peer.Listening;
using TspActors.Peer.Live;
using TspActors.Peer.Reaching;
using TspActors.Peer.Reaching.Mapping;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer;

/// <summary>
/// Reads <see cref="PeerSettings"/> from the tsp.peer section. Each subsection has its own reader, next to its settings record.
/// </summary>
public static class PeerSettingsReader
{
    private const int MaxNameLength = 64;

    /// <summary>The keys whose values are never printed.</summary>
    public static IReadOnlyCollection<string> SecretKeys { get; } =
        ["tsp.peer.access-key", "tsp.peer.http.certificate-password", "tsp.peer.live.password"];

    /// <summary>The lists whose elements may be sections.</summary>
    public static IReadOnlyCollection<EntryForm> EntryForms { get; } = [LiveSettingsReader.FeedForm];

    private static string DefaultName =>
        Environment.MachineName is { Length: > 0 } machine ? machine[..Math.Min(machine.Length, MaxNameLength)] : "peer";

    /// <summary>Reads and checks all settings.</summary>
    /// <exception cref="SettingsException">Some settings are invalid. The exception lists all of them.</exception>
    public static PeerSettings Read(ProgramConfiguration configuration)
    {
        var reader = new SettingsReader(configuration);
        var peer = reader.Section("tsp.peer");
        var transport = ConnectionSettingsReader.Read(peer.Section("connections"));
        var encryption = peer.OneOf("encryption", "off", "prefer", "require") switch
        {
            "off" => PeerEncryption.Off,
            "require" => PeerEncryption.Require,
            _ => PeerEncryption.Prefer,
        };
        var settings = new PeerSettings
        {
            Name = peer.Text("name", MaxNameLength) is { Length: > 0 } name ? name : DefaultName,
            Encryption = encryption,
            Trackers = ReadTrackers(peer, encryption),
            AreTrackersChosen = peer.IsChosen("trackers"),
            Music = peer.PathList("music") is { Count: > 0 } music ? music : DefaultMusic(),
            DataFolder = peer.Path("data") is { Length: > 0 } data ? data : DefaultData(),
            Endpoint = new IPEndPoint(ListenAddress.Read(peer, "host"), peer.Port("port", zeroMeansAny: true)),
            ListensEverywhere = ListenAddress.IsAll(peer, "host"),
            AdvertisedAddress = peer.Text("advertised-address", 253),
            LocalEndpoints = peer.Bool("local-endpoints"),
            AccessKey = peer.SecretOrFile("access-key", "access-key-file", minLength: AccessKey.MinLength) is { } key
                ? new AccessKey(key)
                : null,
            AccessKeyDelay = peer.Duration("access-key-delay", TimeSpan.Zero, TimeSpan.FromHours(1)),
            PortMapping = PortMappingSettingsReader.Read(peer),
            Pager = peer.Bool("pager"),
            LogFormat = LogSettings.ReadFormat(peer, "log-format"),
            LogLevel = LogSettings.ReadLevel(peer, "log-level"),
            Library = LibrarySettingsReader.Read(peer.Section("library")),
            Hosting = HostingSettingsReader.Read(peer.Section("hosting"), transport.MaxQueuedBytes),
            Link = LinkSettingsReader.Read(peer.Section("link")),
            Listening = ListeningSettingsReader.Read(peer.Section("listening")),
            Live = LiveSettingsReader.Read(peer.Section("live")),
            Monitoring = MonitoringSettingsReader.Read(peer.Section("monitoring")),
            Http = GatewaySettingsReader.Read(peer.Section("http")),
            Relay = RelaySettingsReader.Read(peer.Section("relay")),
            Transport = transport,
        };
        settings = settings with { AdvertisedAddress = CheckAdvertisedAddress(peer, settings.AdvertisedAddress) };
        reader.ThrowIfAny();
        return settings;
    }

    private static string CheckAdvertisedAddress(SettingsReader peer, string text)
    {
        if (text.Length == 0 || HostPort.TryParseHost(text, out text))
            return text;
        peer.Reject(
            "advertised-address", "it is not a host name or an address", "write it without a port, such as 203.0.113.5 or 2001:db8::5");
        return "";
    }

    private static TrackerAddress[] ReadTrackers(SettingsReader peer, PeerEncryption encryption)
    {
        var trackers = peer.ParsedList(
            "trackers", TrackerAddress.Forms, (string text, out TrackerAddress value) => TrackerAddress.TryParse(text, 7070, out value!));
        if (trackers.Count == 0)
            peer.Reject("trackers", "it lists no trackers", "write at least one host:port");
        foreach (var tracker in trackers)
        {
            var isPlain = tracker.Security.Kind == TrackerSecurityKind.Plain;
            if (encryption == PeerEncryption.Require && isPlain)
                peer.Reject("trackers", $"tsp://{tracker} is plain, but tsp.peer.encryption = require", "write tsps:// or the address alone");
            else if (encryption == PeerEncryption.Off && !isPlain && tracker.Security.Kind != TrackerSecurityKind.Automatic)
                peer.Reject("trackers", $"tsps://{tracker} needs TLS, but tsp.peer.encryption = off", "set it to prefer or require");
        }

        return [.. trackers];
    }

    private static string[] DefaultMusic() =>
        HomeFolder.Path is { } home && Path.Combine(home, "Music") is var music && Directory.Exists(music) ? [music] : [];

    // Empty if there is neither XDG_DATA_HOME nor a home folder. Only commands that share music need a data folder.
    private static string DefaultData()
    {
        var data = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
        if (string.IsNullOrEmpty(data))
            data = HomeFolder.Path is { } home ? Path.Combine(home, ".local", "share") : "";
        return data.Length == 0 ? "" : Path.Combine(data, "tsp-peer");
    }
}
