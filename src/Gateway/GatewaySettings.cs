using System.Net;

namespace TspActors.Gateway;

/// <summary>The gateway's settings: the tsp.peer.http section. config/peer.conf explains each one.</summary>
public sealed record GatewaySettings
{
    /// <summary>Whether the gateway is started.</summary>
    public bool Enabled { get; init; }

    /// <summary>The endpoint to bind to; port 0 = any free port.</summary>
    public IPEndPoint Endpoint { get; init; } = new(IPAddress.Loopback, DefaultPort);

    /// <summary>Whether the user has chosen the port. If not, and the default port is taken, the peer continues without the
    /// gateway.</summary>
    public bool IsPortChosen { get; init; }

    /// <summary>Whether callers need a device key. Without device keys, the gateway must be bound to loopback.</summary>
    public bool RequiresKeys { get; init; } = true;

    /// <summary>The user name that goes with every device key.</summary>
    public string User { get; init; } = "tsp";

    /// <summary>The names that a request's Host header may contain, in addition to localhost, IP addresses and the public URL's
    /// host.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>The path under which everything is served, such as /music; empty = the root.</summary>
    public string BasePath { get; init; } = "";

    /// <summary>The URL at which clients reach the gateway, without a trailing slash; empty = the host that each request names.</summary>
    public string PublicUrl { get; init; } = "";

    /// <summary>The addresses of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto headers are trusted.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>Whether clients on the Internet are served as well as those on private networks.</summary>
    public bool AllowsInternet { get; init; }

    /// <summary>A PKCS#12 file, or a PEM file with the certificate and its chain; null = plain HTTP.</summary>
    public string? Certificate { get; init; }

    /// <summary>A PEM file with the key of <see cref="Certificate"/>; null = the certificate file also contains the key.</summary>
    public string? CertificateKey { get; init; }

    /// <summary>The password of the PKCS#12 file, or of the key; null = none.</summary>
    public string? CertificatePassword { get; init; }

    /// <summary>How often the gateway checks whether the certificate has been renewed.</summary>
    public TimeSpan CertificateReloadInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The library view.</summary>
    public GatewayLibrarySettings Library { get; init; } = new();

    /// <summary>How songs are fetched, cached and sent.</summary>
    public GatewayMediaSettings Media { get; init; } = new();

    /// <summary>The limits on connections, requests and the owner's data.</summary>
    public GatewayLimits Limits { get; init; } = new();

    /// <summary>The default port.</summary>
    public const int DefaultPort = 7073;
}

/// <summary>The settings for the library view: the tsp.peer.http.library section.</summary>
public sealed record GatewayLibrarySettings
{
    /// <summary>How long a song that has lost its last host stays in lists.</summary>
    public TimeSpan AwayGrace { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The number of days for which the facts of a song that is away are remembered.</summary>
    public int AwayDays { get; init; } = 30;

    /// <summary>The maximum number of songs that are remembered as away. The songs that left first are forgotten first.</summary>
    public int MaxAway { get; init; } = 200_000;

    /// <summary>Whether lists show every encoding of a track, rather than only the best one.</summary>
    public bool AllEncodings { get; init; }

    /// <summary>The maximum number of lists that are kept unchanged for clients that read them page by page.</summary>
    public int MaxWalks { get; init; } = 32;
}

/// <summary>How songs are fetched, cached and sent: the tsp.peer.http.media section.</summary>
public sealed record GatewayMediaSettings
{
    /// <summary>The memory for verified pieces of songs, in bytes; 0 = none.</summary>
    public long MemoryCache { get; init; } = 64 << 20;

    /// <summary>The space on disk for verified pieces of songs, in bytes; 0 = none.</summary>
    public long DiskCache { get; init; } = 1L << 30;

    /// <summary>The space on disk for covers, in bytes.</summary>
    public long CoverCache { get; init; } = 64 << 20;

    /// <summary>The maximum number of songs that are fetched from hosts at the same time, in total.</summary>
    public int MaxFetches { get; init; } = 32;

    /// <summary>The maximum number of songs that are fetched for one device at the same time.</summary>
    public int MaxFetchesPerDevice { get; init; } = 3;

    /// <summary>The maximum number of simultaneous media responses for one device.</summary>
    public int MaxStreamsPerDevice { get; init; } = 6;

    /// <summary>How far a song is fetched ahead of its foremost reader, in bytes.</summary>
    public long ReadAhead { get; init; } = 1 << 20;

    /// <summary>
    /// How long a player may go without reading before the host is released. When the player continues, the song is requested from a host
    /// again.
    /// </summary>
    public TimeSpan ReleaseAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a player may go without reading before its connection is closed.</summary>
    public TimeSpan UnreadTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long the first bytes may take to arrive from a host.</summary>
    public TimeSpan FirstByteTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a request waits for busy hosts.</summary>
    public TimeSpan BusyWait { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How much of a live feed is kept for players that join, so that they have something to play right away.</summary>
    public TimeSpan LiveBurst { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>The maximum number of bytes of a live feed that one player may leave unread. A single chunk may be longer.</summary>
    public long LiveBacklog { get; init; } = 512 << 10;
}

/// <summary>The gateway's limits: the tsp.peer.http.limits section.</summary>
public sealed record GatewayLimits
{
    /// <summary>The maximum number of open connections, in total.</summary>
    public int MaxConnections { get; init; } = 2_000;

    /// <summary>The maximum number of open connections from one address, or from one IPv6 /64.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 64;

    /// <summary>How long a connection may go without a request before it is closed.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The maximum number of requests from one device that are answered at the same time, not counting media.</summary>
    public int MaxRequestsPerDevice { get; init; } = 16;

    /// <summary>The number of wrong device keys that one address may send in a minute before it has to wait.</summary>
    public int MaxWrongKeys { get; init; } = 20;

    /// <summary>The number of days without a visit after which a browser is logged out.</summary>
    public int SessionDays { get; init; } = 30;

    /// <summary>The maximum number of browsers that are logged in.</summary>
    public int MaxSessions { get; init; } = 200;

    /// <summary>The maximum number of devices.</summary>
    public int MaxDevices { get; init; } = 100;

    /// <summary>The maximum number of event streams per session.</summary>
    public int MaxEventsPerSession { get; init; } = 4;

    /// <summary>The maximum number of playlists.</summary>
    public int MaxPlaylists { get; init; } = 1_000;

    /// <summary>The maximum number of songs in a playlist or in the play queue.</summary>
    public int MaxPlaylistSongs { get; init; } = 50_000;

    /// <summary>The maximum number of songs, albums and artists with a star, a rating or a play count.</summary>
    public int MaxMarks { get; init; } = 500_000;

    /// <summary>The maximum number of bookmarks.</summary>
    public int MaxBookmarks { get; init; } = 1_000;
}
