using System.Net;
using TspActors.Configuration;
using TspActors.Transport.Tls;

namespace TspActors.Gateway;

/// <summary>Reads <see cref="GatewaySettings"/> from the tsp.peer.http section.</summary>
public static class GatewaySettingsReader
{
    private const int MaxHostLength = 253;

    /// <summary>Reads and checks the settings. Invalid settings are reported to the reader.</summary>
    public static GatewaySettings Read(SettingsReader section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var settings = new GatewaySettings
        {
            Enabled = section.Bool("enabled"),
            Endpoint = new IPEndPoint(ListenAddress.Read(section, "host"), section.Port("port", zeroMeansAny: true)),
            IsPortChosen = section.IsChosen("port"),
            RequiresKeys = section.OneOf("auth", "keys", "none") == "keys",
            User = section.Text("user", maxLength: 64, minLength: 1),
            // An empty list must be the same object as the default, because records compare their lists by reference.
            AllowedHosts = section.TextList("allowed-hosts", maxCount: 100, maxLength: MaxHostLength) is { Count: > 0 } names ? names : [],
            BasePath = ReadBasePath(section),
            PublicUrl = ReadPublicUrl(section),
            TrustedProxies = ReadProxies(section),
            AllowsInternet = section.Bool("allow-internet"),
            Certificate = section.Path("certificate") is { Length: > 0 } certificate ? certificate : null,
            CertificateKey = section.Path("certificate-key") is { Length: > 0 } key ? key : null,
            CertificatePassword = section.Secret("certificate-password"),
            CertificateReloadInterval = section.Duration("certificate-reload-interval", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            Library = ReadLibrary(section.Section("library")),
            Media = ReadMedia(section.Section("media")),
            Limits = ReadLimits(section.Section("limits")),
        };
        Check(section, settings);
        return settings;
    }

    private static void Check(SettingsReader section, GatewaySettings settings)
    {
        if (!settings.RequiresKeys && !IPAddress.IsLoopback(settings.Endpoint.Address))
            section.Reject(
                "auth", "without keys, anyone who can reach this address could listen and change the playlists",
                "set it to keys, or tsp.peer.http.host to 127.0.0.1");
        if (settings.Certificate is null && settings.CertificateKey is not null)
            section.Reject("certificate-key", "there is no certificate for this key", "set certificate too, or remove certificate-key");
        if (settings.Certificate is not null && CertificateFault(settings) is { } fault)
            section.Reject(
                "certificate", fault,
                "specify a PKCS#12 file and set certificate-password, or specify a PEM file with the certificate and its chain, and set "
                + "certificate-key if the key is in another file");
    }

    private static string? CertificateFault(GatewaySettings settings)
    {
        try
        {
            CertificateFile.Load(settings.Certificate!, settings.CertificateKey, settings.CertificatePassword).Dispose();
            return null;
        }
        catch (CertificateFileException error)
        {
            return error.Message;
        }
    }

    private static string ReadBasePath(SettingsReader section)
    {
        var path = section.Text("base-path", maxLength: 200).TrimEnd('/');
        if (path.Length == 0 || (path[0] == '/' && path.All(letter => char.IsAsciiLetterOrDigit(letter) || "/-_.~".Contains(letter, StringComparison.Ordinal))))
            return path;
        section.Reject("base-path", "it is not a path", "start it with a slash, as in /music");
        return "";
    }

    private static string ReadPublicUrl(SettingsReader section)
    {
        var text = section.Text("public-url", maxLength: 500).TrimEnd('/');
        if (text.Length == 0)
            return text;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Query: "", Fragment: "", UserInfo: "" }
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps))
            return text;
        section.Reject("public-url", "it is not an http or https URL", "write it like https://music.example, with the base path if there is one");
        return "";
    }

    private static IReadOnlyList<string> ReadProxies(SettingsReader section)
    {
        var proxies = section.TextList("trusted-proxies", maxCount: 100, maxLength: 64);
        foreach (var proxy in proxies)
        {
            if (!IPAddress.TryParse(proxy, out _) && !IPNetwork.TryParse(proxy, out _))
                section.Reject("trusted-proxies", $"\"{proxy}\" is neither an address nor a network", "write 127.0.0.1 or 10.0.0.0/8, for example");
        }

        return proxies.Count > 0 ? proxies : [];
    }

    private static GatewayLibrarySettings ReadLibrary(SettingsReader section) => new()
    {
        AwayGrace = section.Duration("away-grace", TimeSpan.Zero, TimeSpan.FromHours(1)),
        AwayDays = section.Int("away-days", 0, 3_650),
        MaxAway = section.Int("max-away", 0, 10_000_000),
        AllEncodings = section.Bool("all-encodings"),
        MaxWalks = section.Int("max-walks", 1, 10_000),
    };

    private static GatewayMediaSettings ReadMedia(SettingsReader section) => new()
    {
        MemoryCache = section.Bytes("memory-cache", 0, 64L << 30),
        DiskCache = section.Bytes("disk-cache", 0, 64L << 40),
        CoverCache = section.Bytes("cover-cache", 0, 1L << 40),
        MaxFetches = section.Int("max-fetches", 1, 10_000),
        MaxFetchesPerDevice = section.Int("max-fetches-per-device", 1, 1_000),
        MaxStreamsPerDevice = section.Int("max-streams-per-device", 1, 10_000),
        ReadAhead = section.Bytes("read-ahead", 64 << 10, 1L << 30),
        ReleaseAfter = section.Duration("release-after", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
        UnreadTimeout = section.Duration("unread-timeout", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
        FirstByteTimeout = section.Duration("first-byte-timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5)),
        BusyWait = section.Duration("busy-wait", TimeSpan.Zero, TimeSpan.FromMinutes(5)),
        LiveBurst = section.Duration("live-burst", TimeSpan.Zero, TimeSpan.FromSeconds(30)),
        LiveBacklog = section.Bytes("live-backlog", 64 << 10, 64 << 20),
    };

    private static GatewayLimits ReadLimits(SettingsReader section) => new()
    {
        MaxConnections = section.Int("max-connections", 1, 1_000_000),
        MaxConnectionsPerAddress = section.Int("max-connections-per-address", 1, 1_000_000),
        IdleTimeout = section.Duration("idle-timeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
        MaxRequestsPerDevice = section.Int("max-requests-per-device", 1, 10_000),
        MaxWrongKeys = section.Int("max-wrong-keys", 1, 10_000),
        SessionDays = section.Int("session-days", 1, 3_650),
        MaxSessions = section.Int("max-sessions", 1, 100_000),
        MaxDevices = section.Int("max-devices", 1, 10_000),
        MaxEventsPerSession = section.Int("max-events-per-session", 1, 1_000),
        MaxPlaylists = section.Int("max-playlists", 0, 1_000_000),
        MaxPlaylistSongs = section.Int("max-playlist-songs", 1, 1_000_000),
        MaxMarks = section.Int("max-marks", 0, 100_000_000),
        MaxBookmarks = section.Int("max-bookmarks", 0, 1_000_000),
    };
}
