using System.Diagnostics;
using TspActors.Transport;

namespace TspActors.Tracker.Clustering;

/// <summary>Decides when a tracker that cannot reach the majority has probably been removed from the cluster by the others.</summary>
/// <remarks>
/// The tracker's peers should then register elsewhere if they can, because the other trackers no longer list their songs.
/// </remarks>
/// <param name="settings">The cluster's settings.</param>
internal sealed class CutOffWatch(ClusterSettings settings)
{
    // The others may notice somewhat later that the tracker is missing.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(3);

    private TimeSpan? _since;

    /// <summary>True when the tracker has been cut off for so long that the others have probably removed it.</summary>
    public bool IsCutOff { get; private set; }

    /// <summary>Records whether the tracker is cut off from the majority now.</summary>
    /// <param name="isCutOff">Whether the tracker cannot reach the majority.</param>
    /// <returns>True if <see cref="IsCutOff"/> has changed.</returns>
    public bool Update(bool isCutOff)
    {
        var now = Stopwatch.GetElapsedTime(0);
        _since = isCutOff ? _since ?? now : null;
        var before = IsCutOff;
        IsCutOff = _since is { } since && now - since > settings.StableAfter + Margin;
        return IsCutOff != before;
    }
}

/// <summary>
/// From the ClusterActor to the TrackerActor, which forwards it to the PeerActors: whether this tracker has been cut off from its cluster
/// for so long that its peers should register at another tracker, if they can.
/// </summary>
internal sealed record CutOffChanged(bool IsCutOff) : ILocalMessage;
