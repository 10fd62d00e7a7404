using Akka.Actor;

namespace TspActors.Peer.Tracking;

/// <summary>The sessions that exist at the same time: the one in use, one tried beside it, and the one before a move.</summary>
internal sealed class SessionSlots
{
    private TrackerSession? _draining;

    /// <summary>The session in use, or about to be; null while there is none.</summary>
    public TrackerSession? Current { get; private set; }

    /// <summary>The session that is tried beside the current one before a move.</summary>
    public TrackerSession? Next { get; private set; }

    /// <summary>The session from before a move, kept until the new tracker knows this peer's songs.</summary>
    public TrackerSession? Former { get; private set; }

    /// <summary>True when the session in use is registered.</summary>
    public bool IsRegistered => Current is { IsRegistered: true };

    /// <summary>True when no session exists beside the one in use.</summary>
    public bool IsSettled => Next is null && Former is null;

    /// <summary>True when the former session can become the current one again, as its tracker is not shutting down.</summary>
    public bool CanGoBack => Former is not null && Former != _draining;

    /// <summary>All sessions; the one in use is the last.</summary>
    public IReadOnlyList<TrackerSession> All => [.. new[] { Former, Next, Current }.OfType<TrackerSession>()];

    /// <summary>Finds the session of a TrackerSessionActor.</summary>
    public TrackerSession? Find(IActorRef actor) =>
        actor.Equals(Current?.Actor) ? Current : actor.Equals(Next?.Actor) ? Next : actor.Equals(Former?.Actor) ? Former : null;

    /// <summary>Puts a session in use.</summary>
    public void Use(TrackerSession session) => Current = session;

    /// <summary>Adds a session beside the one in use.</summary>
    public void Try(TrackerSession session) => Next = session;

    /// <summary>Puts the session that was tried in use; the current one becomes the former one.</summary>
    public void Move() => (Former, Current, Next) = (Current, Next, null);

    /// <summary>Makes the current session the former one because its tracker is shutting down; it is never used again.</summary>
    public void Drain()
    {
        _draining = Current;
        Move();
    }

    /// <summary>Removes a session. The former session takes the place of the current one, or else the session that is tried.</summary>
    /// <returns>True when the removed session was the current one.</returns>
    public bool Remove(TrackerSession session)
    {
        if (session == Former)
            Former = null;
        else if (session == Next)
            Next = null;
        if (session != Current)
            return false;
        if (CanGoBack)
            (Current, Former) = (Former, null);
        else
            (Current, Next) = (Next, null);
        return true;
    }

    /// <summary>Removes and returns all sessions but the current one.</summary>
    public IReadOnlyList<TrackerSession> RemoveOthers()
    {
        IReadOnlyList<TrackerSession> others = [.. All.Where(session => session != Current)];
        (Next, Former) = (null, null);
        return others;
    }
}
