using Akka.Actor;
using TspActors.Peer.Library;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>The TrackerLinkActor's record of one of its sessions.</summary>
internal sealed class TrackerSession(TrackerAddress tracker, IActorRef actor, int helloPort, TimeProvider time)
{
    /// <summary>How long a session must last to count as steady.</summary>
    private static readonly TimeSpan SteadyAfter = TimeSpan.FromSeconds(5);

    private long _registered;

    /// <summary>The tracker at the other end.</summary>
    public TrackerAddress Tracker { get; } = tracker;

    /// <summary>The TrackerSessionActor.</summary>
    public IActorRef Actor { get; } = actor;

    /// <summary>The port that the hello names.</summary>
    public int HelloPort { get; } = helloPort;

    /// <summary>The port at which this peer wants to be reached, as last reported to the tracker.</summary>
    public int ReportedPort { get; set; } = helloPort;

    /// <summary>True once this peer has reported its own port, because the tracker could not connect to the port in the hello.</summary>
    public bool HasReportedOwnPort { get; set; }

    /// <summary>True once the hello has been sent. From then on, the tracker may know of this peer.</summary>
    public bool HasSaidHello { get; set; }

    /// <summary>The tracker's own name; null before its welcome.</summary>
    public string? Name { get; private set; }

    public bool IsRegistered => Name is not null;

    /// <summary>The tracker's key, proven over TLS; null = the connection is plain, or the welcome has not arrived yet.</summary>
    public KeyId? Key { get; private set; }

    /// <summary>The progress of the share; null until the tracker asks for this peer's songs.</summary>
    public ShareReported? Share { get; set; }

    /// <summary>The number of songs that the tracker has not accepted.</summary>
    public int Refused => Share?.Refused ?? 0;

    /// <summary>True when the session has lasted long enough to count as a working connection.</summary>
    public bool IsSteady => IsRegistered && Share is not null && RegisteredFor >= SteadyAfter;

    /// <summary>The time since the tracker's welcome.</summary>
    public TimeSpan RegisteredFor => time.GetElapsedTime(_registered);

    /// <summary>Records the tracker's welcome.</summary>
    /// <param name="name">The tracker's own name.</param>
    /// <param name="key">The tracker's key, proven over TLS; null = the connection is plain.</param>
    public void Registered(string name, KeyId? key = null)
    {
        (Name, Key) = (name, key);
        _registered = time.GetTimestamp();
    }

    /// <summary>
    /// Returns true if every song of this library has an id or a refusal from the tracker, or if the tracker is not accepting songs for
    /// now.
    /// </summary>
    public bool HasShared(OwnSongs songs) => Share is { IsComplete: true } share && ReferenceEquals(share.Songs, songs);
}
