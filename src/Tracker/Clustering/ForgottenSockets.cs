namespace TspActors.Tracker.Clustering;

/// <summary>
/// Closes the sockets of connections that could not be opened. Akka.Remote's network library forgets them (DotNetty, issue 312), so they
/// are closed only by the garbage collector, which rarely runs in an idle tracker.
/// </summary>
/// <remarks>
/// A tracker that tries to reach another one, whether a member or a seed node, leaves a socket behind with each failed attempt: at most one
/// per second.
/// </remarks>
/// <param name="now">The current time.</param>
internal sealed class ForgottenSockets(TimeSpan now)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private int _collections = GC.CollectionCount(1);
    private TimeSpan _checkedAt = now;

    /// <summary>
    /// Collects young objects once a minute, unless the garbage collector has done so on its own. The collection takes milliseconds. Call
    /// this method often.
    /// </summary>
    /// <param name="now">The current time.</param>
    /// <returns>True if this call ran a collection.</returns>
    public bool CloseIfDue(TimeSpan now)
    {
        if (now - _checkedAt < Interval)
            return false;
        _checkedAt = now;
        var isDue = GC.CollectionCount(1) == _collections;
        if (isDue)
            GC.Collect(1, GCCollectionMode.Forced, blocking: true);
        _collections = GC.CollectionCount(1);
        return isDue;
    }
}
