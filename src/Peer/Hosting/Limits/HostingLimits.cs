using TspActors.Configuration;

namespace TspActors.Peer.Hosting.Limits;

/// <summary>How much a host gives, to whom, and what becomes of those who have to wait; config/peer.conf says what each means.</summary>
public sealed record HostingLimits
{
    /// <summary>
    /// The smallest upload limit, and what each download must be able to get: below it a chunk takes longer than listeners wait.
    /// </summary>
    public static Rate LeastUpload { get; } = new(32_000);

    /// <summary>Streams of one peer at one address; 0 = no limit.</summary>
    public int MaxStreamsPerPeer { get; init; } = 8;

    /// <summary>Streams to one address, or to one /64 of IPv6; 0 = no limit.</summary>
    public int MaxStreamsPerAddress { get; init; } = 250;

    /// <summary>What all streams together get.</summary>
    public Rate MaxUpload { get; init; }

    /// <summary>What one stream gets; at real time at least the song's own rate.</summary>
    public Rate MaxUploadPerStream { get; init; }

    /// <summary>Other values of <see cref="MaxUpload"/> by the time of day.</summary>
    public UploadSchedule UploadSchedule { get; init; } = Limits.UploadSchedule.Empty;

    /// <summary>After a pause so much time's worth of the upload limit goes at once.</summary>
    public TimeSpan UploadBurst { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Requesters whose place in the queue is remembered; 0 = there is no queue.</summary>
    public int MaxQueue { get; init; } = 100;

    /// <summary>Of these, from one address.</summary>
    public int MaxQueuePerAddress { get; init; } = 25;

    /// <summary>The longest time a refused requester is told to wait.</summary>
    public TimeSpan BusyRetryLongest { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a place is kept after the time at which its requester was to ask again.</summary>
    public TimeSpan QueueKeep { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long what became free is kept for those first in the queue.</summary>
    public TimeSpan SlotHold { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>PLAYs of one connection that are served in a second; 0 = no limit. More are read later.</summary>
    public int MaxPlaysPerSecond { get; init; } = 20;

    /// <summary>How often a requester may ask sooner than it was told before it is cut off.</summary>
    public int IgnoreLimit { get; init; } = 20;

    /// <summary>How long, at most, the connection of one that asks too soon is not read.</summary>
    public TimeSpan IgnoreDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one that was cut off is refused at once.</summary>
    public TimeSpan IgnorePenalty { get; init; } = TimeSpan.FromMinutes(1);
}
