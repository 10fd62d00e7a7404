namespace TspActors.Tracker.Clustering;

/// <summary>
/// Closes the sockets of connections that could not be opened. The network library of Akka.Remote forgets them (DotNetty, issue 312), so
/// that only the garbage collector closes them, and a tracker without work collects rarely.
/// </summary>
/// <remarks>
/// A tracker that tries to reach another one, a member or a seed node, leaves a socket with each attempt: at most one each second.
/// </remarks>
/// <param name="now">The time.</param>
internal sealed class ForgottenSockets(TimeSpan now)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private int _collections = GC.CollectionCount(1);
    private TimeSpan _checkedAt = now;

    /// <summary>Called often. Once a minute, collects young objects unless that has happened anyway. It takes milliseconds.</summary>
    /// <param name="now">The time.</param>
    /// <returns>True if it has collected.</returns>
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
