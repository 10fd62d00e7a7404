using Akka.Actor;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>One connection to one tracker, from the first try to its end: what is being said on it.</summary>
internal sealed class LinkConnection(TrackerAddress tracker, IActorRef actor, LinkHandshake handshake, LinkSettings settings)
{
    /// <summary>A connection that lasted this long was a good one.</summary>
    private static readonly TimeSpan SteadyAfter = TimeSpan.FromSeconds(5);

    private readonly long _begun = TimeProvider.System.GetTimestamp();
    private long _registered;

    public TrackerAddress Tracker { get; } = tracker;

    /// <summary>The TspConnection.</summary>
    public IActorRef Actor { get; } = actor;

    public LinkHandshake Handshake { get; } = handshake;

    /// <summary>What was asked and not answered yet.</summary>
    public PendingRequests Pending { get; } = new(settings.MaxPendingRequests, TimeProvider.System);

    /// <summary>What is shared there.</summary>
    public ShareProgress Share { get; } = new();

    /// <summary>It has said hello: the tracker may know of this peer from now on.</summary>
    public bool HasSaidHello { get; set; }

    /// <summary>It has asked for this peer's songs, as each tracker does with its welcome.</summary>
    public bool HasAskedForSongs { get; set; }

    /// <summary>What the tracker calls itself; null before its welcome.</summary>
    public string? Name { get; private set; }

    public bool IsRegistered => Name is not null;

    /// <summary>True when it has been a tracker for so long that its end is news.</summary>
    public bool IsSteady => IsRegistered && HasAskedForSongs && TimeProvider.System.GetElapsedTime(_registered) >= SteadyAfter;

    /// <summary>Time since it was registered.</summary>
    public TimeSpan Registered => TimeProvider.System.GetElapsedTime(_registered);

    /// <summary>Why the tracker is given up; null when it has answered in time so far.</summary>
    public string? Fault =>
        !IsRegistered ? TimeProvider.System.GetElapsedTime(_begun) > settings.RequestTimeout ? $"it did not answer within {Timeout}" : null
        : !HasAskedForSongs && Registered > settings.RequestTimeout ? $"it did not ask for this peer's songs within {Timeout}"
        : Pending.HasOverdue ? $"it left a request unanswered for {Timeout}"
        : null;

    private string Timeout => $"{settings.RequestTimeout.TotalSeconds:0.#} s";

    public void Welcomed(Welcome welcome)
    {
        Name = welcome.TrackerName;
        _registered = TimeProvider.System.GetTimestamp();
    }
}
