using TspActors.Configuration;

namespace TspActors.Peer.Hosting.Limits;

/// <summary>
/// The limits on how much a host uploads and to whom, and on requesters that have to wait. config/peer.conf explains each setting.
/// </summary>
public sealed record HostingLimits
{
    /// <summary>
    /// The lowest possible upload limit, and the minimum bandwidth of each download. At a lower rate, sending a chunk would take longer
    /// than requesters wait for it.
    /// </summary>
    public static Rate LeastUpload { get; } = new(32_000);

    /// <summary>The maximum number of streams to one peer at one address; 0 = no limit.</summary>
    public int MaxStreamsPerPeer { get; init; } = 8;

    /// <summary>The maximum number of streams to one address, or to one IPv6 /64; 0 = no limit.</summary>
    public int MaxStreamsPerAddress { get; init; } = 250;

    /// <summary>The upload limit for all streams together.</summary>
    public Rate MaxUpload { get; init; }

    /// <summary>The upload limit for one stream. A real-time stream gets at least the song's own rate.</summary>
    public Rate MaxUploadPerStream { get; init; }

    /// <summary>Overrides <see cref="MaxUpload"/> at certain times of day.</summary>
    public UploadSchedule UploadSchedule { get; init; } = Limits.UploadSchedule.Empty;

    /// <summary>How many seconds' worth of the upload limit may be sent in one burst after a pause.</summary>
    public TimeSpan UploadBurst { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The maximum number of requesters in the queue; 0 = no queue.</summary>
    public int MaxQueue { get; init; } = 100;

    /// <summary>The maximum number of places in the queue for one address.</summary>
    public int MaxQueuePerAddress { get; init; } = 25;

    /// <summary>The longest time that a refused requester is asked to wait.</summary>
    public TimeSpan BusyRetryLongest { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a place in the queue is kept after its requester should have asked again.</summary>
    public TimeSpan QueuePlaceGrace { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a free slot stays reserved after its requester should have asked again.</summary>
    public TimeSpan SlotHold { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The maximum number of PLAYs served per second on one connection; 0 = no limit. Further PLAYs are delayed.</summary>
    public int MaxPlaysPerSecond { get; init; } = 20;

    /// <summary>The memory limit for covers that are being sent, in bytes.</summary>
    public long CoverMemory { get; init; } = 16 << 20;

    /// <summary>How many times a requester may ask too early before all its requests are refused.</summary>
    public int MaxEarlyRequests { get; init; } = 20;

    /// <summary>The longest time for which the host stops reading from a requester that asks too early.</summary>
    public TimeSpan IgnoreDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long all requests from a requester are refused after it has exceeded <see cref="MaxEarlyRequests"/>.</summary>
    public TimeSpan IgnorePenalty { get; init; } = TimeSpan.FromMinutes(1);
}
