using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>
/// The trackers that this peer left a short while ago. It decides whether REPLACED can be an echo of this peer's own move.
/// </summary>
/// <remarks>
/// Trackers can err about the order of two registrations of the same peer; a second peer with the same id says so again by the next
/// REPLACED.
/// </remarks>
internal sealed class MoveHistory(TimeProvider time)
{
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(2);

    private readonly Dictionary<TrackerAddress, long> _left = [];
    private long? _excused;

    /// <summary>Notes that this peer was registered at a tracker until now.</summary>
    public void Left(TrackerAddress tracker)
    {
        foreach (var old in _left.Where(left => !IsRecent(left.Value)).Select(left => left.Key).ToList())
            _left.Remove(old);
        _left[tracker] = time.GetTimestamp();
    }

    /// <summary>Decides about a REPLACED from a tracker.</summary>
    /// <returns>True when this peer has left another tracker a short while ago and no REPLACED was excused since: it may register
    ///   again.</returns>
    public bool Excuses(TrackerAddress replacedAt)
    {
        if (_excused is { } before && IsRecent(before) || !_left.Any(left => left.Key != replacedAt && IsRecent(left.Value)))
            return false;
        _excused = time.GetTimestamp();
        return true;
    }

    private bool IsRecent(long timestamp) => time.GetElapsedTime(timestamp) < Recent;
}
