using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>
/// Remembers the trackers that this peer left recently, and decides whether a REPLACED could be the result of this peer's own move.
/// </summary>
/// <remarks>
/// Trackers can be wrong about the order of two registrations of the same peer. If a second peer really has the same id, another REPLACED
/// follows, which is not excused.
/// </remarks>
internal sealed class MoveHistory(TimeProvider time)
{
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(2);

    private readonly Dictionary<TrackerAddress, long> _left = [];
    private long? _excused;

    /// <summary>Records that this peer has just left a tracker where it was registered.</summary>
    public void Left(TrackerAddress tracker)
    {
        foreach (var old in _left.Where(left => !IsRecent(left.Value)).Select(left => left.Key).ToList())
            _left.Remove(old);
        _left[tracker] = time.GetTimestamp();
    }

    /// <summary>Decides whether a REPLACED from a tracker is excused.</summary>
    /// <returns>True when this peer has recently left a different tracker, and no REPLACED has been excused recently. In that case, the
    ///   peer may register again.</returns>
    public bool Excuses(TrackerAddress replacedAt)
    {
        if (_excused is { } before && IsRecent(before) || !_left.Any(left => left.Key != replacedAt && IsRecent(left.Value)))
            return false;
        _excused = time.GetTimestamp();
        return true;
    }

    private bool IsRecent(long timestamp) => time.GetElapsedTime(timestamp) < Recent;
}
