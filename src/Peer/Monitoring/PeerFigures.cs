using TspActors.Peer.Hosting;
using TspActors.Peer.Library;
using TspActors.Peer.Tracking;

namespace TspActors.Peer.Monitoring;

/// <summary>The latest replies from a peer's actors. Each is null if its actor did not reply in time.</summary>
/// <param name="Link">The state of the tracker link.</param>
/// <param name="Hosting">The host's load.</param>
/// <param name="Library">The state of the library.</param>
internal sealed record PeerFigures(LinkStatus? Link, HostingStatus? Hosting, LibraryStatus? Library)
{
    public static readonly PeerFigures None = new(null, null, null);

    /// <summary>
    /// Returns the reasons why other peers cannot find and play this peer's songs, as sentences; empty if there are none.
    /// </summary>
    /// <param name="hasShared">Whether the music has been scanned and offered to the tracker at least once since the start.</param>
    public IReadOnlyList<string> FindProblems(bool hasShared)
    {
        var missing = new List<string>();
        if (Link is null || Hosting is null || Library is null)
            missing.Add("the peer is not responding");
        else if (!Link.Connected)
            missing.Add($"no tracker: {Link.Tracker}: {Link.Detail}");
        if (!hasShared)
            missing.Add("the music folders have not been scanned yet, or the tracker does not know the songs yet");
        return missing;
    }
}
