using System.Net;
using TspActors.Configuration.Hosting;
using TspActors.Peer.Hosting.Limits;
using TspActors.Peer.Library;
using TspActors.Playback;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer;

/// <summary>Everything that can be set about a peer, checked when it is read; config/peer.conf says what each means.</summary>
public sealed record PeerSettings
{
    /// <summary>What people see it as.</summary>
    public string Name { get; init; } = Environment.MachineName;

    /// <summary>Trackers to register at, in the order to try them.</summary>
    public IReadOnlyList<TrackerAddress> Trackers { get; init; } = [new("localhost", 7070)];

    /// <summary>Folders whose MP3s are shared: paths, or name=path.</summary>
    public IReadOnlyList<string> Music { get; init; } = [];

    /// <summary>Where the index, the peer's id and its songs' ids are kept.</summary>
    public string DataFolder { get; init; } = "";

    /// <summary>Where requesters are served.</summary>
    public IPEndPoint Endpoint { get; init; } = new(IPAddress.Any, 7071);

    /// <summary>An address to tell the tracker instead of the one it sees; empty = none.</summary>
    public string AdvertisedAddress { get; init; } = "";

    /// <summary>The secret that trackers, hosts and requesters must know; null = none.</summary>
    public AccessKey? AccessKey { get; init; }

    /// <summary>How the lines of the log look.</summary>
    public LogFormat LogFormat { get; init; }

    /// <summary>How the folders are scanned and watched.</summary>
    public LibrarySettings Library { get; init; } = new();

    /// <summary>How it hosts.</summary>
    public HostingSettings Hosting { get; init; } = new();

    /// <summary>How it keeps in touch with the tracker.</summary>
    public LinkSettings Link { get; init; } = new();

    /// <summary>How it listens.</summary>
    public ListeningSettings Listening { get; init; } = new();

    /// <summary>Limits and deadlines of the connections that requesters open.</summary>
    public TransportSettings Transport { get; init; } = new() { ReadBufferBytes = 4 * 1024, MaxConnections = 5_000, MaxConnectionsPerAddress = 1_000 };
}

/// <summary>A tracker's name or address, and its port.</summary>
public sealed record TrackerAddress(string Host, int Port)
{
    /// <summary>host:port, as it is typed.</summary>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}

/// <summary>How a peer streams its songs to requesters.</summary>
public sealed record HostingSettings
{
    /// <summary>Streams at the same time; 0 = no limit. One more is refused with BUSY.</summary>
    public int MaxStreams { get; init; } = 500;

    /// <summary>What else is limited, and what becomes of those who have to wait.</summary>
    public HostingLimits Limits { get; init; } = new();

    /// <summary>Audio sent at once when a stream at real time starts; the requester stays that far ahead.</summary>
    public TimeSpan StartBurst { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes read and written at a time at real time, at most.</summary>
    public int ChunkBytes { get; init; } = 64 * 1024;

    /// <summary>Bytes read and written at a time at full speed; what stays in a processor's cache between the two is sent fastest.</summary>
    public int FullSpeedChunkBytes { get; init; } = 128 * 1024;

    /// <summary>Bytes of songs that are kept in memory for listeners who are close together.</summary>
    public long SharedChunkBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Chunks of one stream that may be on their way to the socket.</summary>
    public int ChunksInFlight { get; init; } = 2;

    /// <summary>The shortest time a refused requester is told to wait.</summary>
    public TimeSpan BusyRetryAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long running streams may go on when the peer stops.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>How a peer keeps in touch with its tracker.</summary>
public sealed record LinkSettings
{
    /// <summary>The first wait before a lost tracker is tried again; doubles each time.</summary>
    public TimeSpan ReconnectMin { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest such wait.</summary>
    public TimeSpan ReconnectMax { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>The tracker must have answered a handshake step or a request by then.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>While a share is under way, that must have gone on by then; meanwhile requests wait for longer than <see cref="RequestTimeout"/>.</summary>
    public TimeSpan ShareTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Requests that may wait for their answers.</summary>
    public int MaxPendingRequests { get; init; } = 256;

    /// <summary>How often a tracker of the same cluster that this peer prefers is tried while it is connected to another one; zero = never.</summary>
    public TimeSpan SpreadInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest such wait, while that tracker is not there.</summary>
    public TimeSpan SpreadIntervalMax { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Trackers that are remembered of those that other trackers name.</summary>
    public int MaxToldTrackers { get; init; } = 32;

    /// <summary>Songs that the tracker refused are offered again after this time; doubles each time.</summary>
    public TimeSpan OfferAgainMin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest such wait.</summary>
    public TimeSpan OfferAgainMax { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often the tracker is asked whether it can connect to this peer's port; zero = never.</summary>
    public TimeSpan PortCheckInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Limits and deadlines of the connection.</summary>
    public TransportSettings Transport { get; init; } = new() { ReadBufferBytes = 64 * 1024 };
}

/// <summary>How a peer fetches and plays songs.</summary>
public sealed record ListeningSettings
{
    /// <summary>A host must have accepted the connection by then.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A host must have sent the first byte by then.</summary>
    public TimeSpan FirstByteTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A host from which nothing came for this long while it should have is given up.</summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Where the sound would run dry before <see cref="SilenceTimeout"/>, a host that falls silent is given up sooner, but never sooner than this.</summary>
    public TimeSpan MinSilenceTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A host that takes longer for one piece of a song is given up, where the song is saved or no other host is left; otherwise the sound that is left decides.</summary>
    public TimeSpan SlowHostTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the tracker is asked for hosts of one song before it is given up.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>The wait between two rounds when no host says another one.</summary>
    public TimeSpan RoundDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a song waits in all for hosts that say they are busy.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Songs that may wait in the queue.</summary>
    public int MaxQueue { get; init; } = 10_000;

    /// <summary>Bytes of MP3 kept between the network and the sound.</summary>
    public int PlayerBufferBytes { get; init; } = 1024 * 1024;

    /// <summary>Playing time kept between the network and the sound, at most.</summary>
    public TimeSpan PlayerBufferTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Sound that must be there before a song begins, and before it goes on after it ran dry.</summary>
    public TimeSpan StartThreshold { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Sound that the device holds: the delay of pause, seek and volume.</summary>
    public TimeSpan DeviceBuffer { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often a lost or missing device is looked for while the song goes on silently.</summary>
    public TimeSpan DeviceRetry { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a device may take nothing before it counts as lost.</summary>
    public TimeSpan DeviceTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The part of it that is the player's.</summary>
    internal SongPlayerSettings Player =>
        new() { InputBufferBytes = PlayerBufferBytes, InputBufferTime = PlayerBufferTime, StartThreshold = StartThreshold };

    /// <summary>The part of it that is the devices'.</summary>
    internal AudioSettings Audio => new() { DeviceBuffer = DeviceBuffer, DeviceRetry = DeviceRetry, DeviceDeadline = DeviceTimeout };

    /// <summary>How long before the end of a song the next one is asked for.</summary>
    public TimeSpan Prefetch { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where the console saves songs; empty = the folder Music in the home folder where there is one, else the working directory.</summary>
    public string SaveFolder { get; init; } = "";

    /// <summary>Songs that the console saves at the same time.</summary>
    public int MaxSaves { get; init; } = 2;

    /// <summary>How long a host may be silent while the sound has so much left to play: the next one needs some of that time to begin.</summary>
    internal TimeSpan SilenceTimeoutFor(TimeSpan ahead)
    {
        var left = ahead - TimeSpan.FromSeconds(1);
        if (left >= SilenceTimeout)
            return SilenceTimeout;
        return left > MinSilenceTimeout ? left : MinSilenceTimeout < SilenceTimeout ? MinSilenceTimeout : SilenceTimeout;
    }
}
