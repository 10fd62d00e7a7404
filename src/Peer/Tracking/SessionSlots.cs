using Akka.Actor;

namespace TspActors.Peer.Tracking;

/// <summary>
/// The sessions that exist at the same time: the one in use, a new one that is being tried, and the previous one after a move.
/// </summary>
internal sealed class SessionSlots
{
    private TrackerSession? _draining;

    /// <summary>The session that is in use or about to be; null if there is none.</summary>
    public TrackerSession? Current { get; private set; }

    /// <summary>The session that is being tried in parallel with the current one, before a move.</summary>
    public TrackerSession? Next { get; private set; }

    /// <summary>The session that was in use before a move, kept for a limited time until the new tracker has this peer's songs.</summary>
    public TrackerSession? Former { get; private set; }

    /// <summary>True when the session in use is registered.</summary>
    public bool IsRegistered => Current is { IsRegistered: true };

    /// <summary>True when there is no session other than the one in use.</summary>
    public bool IsSettled => Next is null && Former is null;

    /// <summary>True when the previous session can become the current one again. It cannot if its tracker is shutting down.</summary>
    public bool CanGoBack => Former is not null && Former != _draining;

    /// <summary>All sessions. The one in use comes last.</summary>
    public IReadOnlyList<TrackerSession> All => [.. new[] { Former, Next, Current }.OfType<TrackerSession>()];

    /// <summary>Returns the session of a TrackerSessionActor; null if there is none.</summary>
    public TrackerSession? Find(IActorRef actor) =>
        actor.Equals(Current?.Actor) ? Current : actor.Equals(Next?.Actor) ? Next : actor.Equals(Former?.Actor) ? Former : null;

    /// <summary>Makes a session the current one.</summary>
    public void Use(TrackerSession session) => Current = session;

    /// <summary>Adds a session that is tried in parallel with the current one.</summary>
    public void Try(TrackerSession session) => Next = session;

    /// <summary>Makes the tried session the current one, and the current session the previous one.</summary>
    public void Move() => (Former, Current, Next) = (Current, Next, null);

    /// <summary>
    /// Makes the current session the previous one because its tracker is shutting down. That session is never used again. The tried
    /// session, if any, becomes the current one.
    /// </summary>
    public void Drain()
    {
        _draining = Current;
        Move();
    }

    /// <summary>
    /// Removes a session. If it was the current one, the previous session replaces it if possible, or else the session that is being tried.
    /// </summary>
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
