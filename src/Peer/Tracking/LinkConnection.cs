using Akka.Actor;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>One connection to one tracker, from the first try to its end: what is being said on it.</summary>
internal sealed class LinkConnection(TrackerAddress tracker, IActorRef actor, ClientHandshake handshake, LinkSettings settings, TimeProvider time)
{
    /// <summary>A connection that lasted this long was a good one.</summary>
    private static readonly TimeSpan SteadyAfter = TimeSpan.FromSeconds(5);

    private readonly long _begun = time.GetTimestamp();
    private long _registered;
    private long _shareWentOn = time.GetTimestamp();

    public TrackerAddress Tracker { get; } = tracker;

    /// <summary>The TspConnectionActor.</summary>
    public IActorRef Actor { get; } = actor;

    public ClientHandshake Handshake { get; } = handshake;

    /// <summary>What was asked and not answered yet.</summary>
    public PendingRequests Pending { get; } = new(settings.MaxPendingRequests, time);

    /// <summary>What is shared there.</summary>
    public ShareProgress Share { get; } = new();

    /// <summary>It has said hello: the tracker may know of this peer from now on.</summary>
    public bool HasSaidHello { get; set; }

    /// <summary>It has asked for this peer's songs, as each tracker does with its welcome.</summary>
    public bool HasAskedForSongs { get; set; }

    /// <summary>The tracker is going down, and keeps this peer's songs until then; nothing is asked there any more.</summary>
    public bool IsDraining { get; set; }

    /// <summary>What the tracker calls itself; null before its welcome.</summary>
    public string? Name { get; private set; }

    public bool IsRegistered => Name is not null;

    /// <summary>True when it has been a tracker for so long that its end is news.</summary>
    public bool IsSteady => IsRegistered && HasAskedForSongs && time.GetElapsedTime(_registered) >= SteadyAfter;

    /// <summary>Time since it was registered.</summary>
    public TimeSpan Registered => time.GetElapsedTime(_registered);

    /// <summary>Why the tracker is given up; null when it has answered in time so far.</summary>
    public string? Fault =>
        !IsRegistered ? time.GetElapsedTime(_begun) > settings.RequestTimeout ? $"it did not answer within {Timeout}" : null
        : !HasAskedForSongs && Registered > settings.RequestTimeout ? $"it did not ask for this peer's songs within {Timeout}"
        : Share.IsAnswerOwed ? Pending.HasOverdue && time.GetElapsedTime(_shareWentOn) > settings.ShareTimeout
            ? $"it did not answer within {settings.ShareTimeout.TotalSeconds:0.#} s what was shared" : null
        : Pending.HasOverdue ? $"it left a request unanswered for {Timeout}"
        : null;

    private string Timeout => $"{settings.RequestTimeout.TotalSeconds:0.#} s";

    /// <summary>A part of what is shared was sent, taken or answered. The tracker reads nothing behind it until it is answered; so other questions have waited for that, and not for the tracker.</summary>
    public void ShareWentOn()
    {
        _shareWentOn = time.GetTimestamp();
        Pending.CountFromNow();
    }

    public void Welcomed(Welcome welcome)
    {
        Name = welcome.TrackerName;
        _registered = time.GetTimestamp();
    }
}
