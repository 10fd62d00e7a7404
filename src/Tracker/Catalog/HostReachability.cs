using System.Diagnostics.CodeAnalysis;

namespace TspActors.Tracker.Catalog;

/// <summary>Whether a host's port answered the tracker's PING.</summary>
internal enum PortReach : byte
{
    /// <summary>The tracker has not tried yet.</summary>
    Unknown,

    /// <summary>The port answered, or the tracker does not probe ports.</summary>
    Reachable,

    /// <summary>The port did not answer.</summary>
    Unreachable,
}

/// <summary>
/// Whether one host's port can be reached: the only value in a snapshot that changes after the snapshot has been published.
/// </summary>
/// <remarks>
/// All songs of a host share this object, so a change costs one write, no matter how many songs there are (docs/decisions/0012). Any thread
/// may read it. Only the <see cref="Writer"/> changes it, and only the SongRegistry has one.
/// </remarks>
internal sealed class HostReachability(PortReach first)
{
    private volatile PortReach _current = first;

    /// <summary>The current reachability.</summary>
    public PortReach Current => _current;

    /// <summary>The permission to change the reachability of hosts.</summary>
    internal sealed class Writer
    {
        /// <summary>
        /// Sets the reachability of a host. Pages encoded from now on show it; those already encoded do not.
        /// </summary>
        [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "Only the holder of an instance may write.")]
        public void Set(CatalogHost host, PortReach reach) => host.Reachability._current = reach;
    }
}
