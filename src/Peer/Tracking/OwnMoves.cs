using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>Whether REPLACED may come of this peer's own move, as trackers can err about the order of two registrations, and not of another peer with the same id.</summary>
internal sealed class OwnMoves(TimeProvider time)
{
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(2);

    private readonly Dictionary<TrackerAddress, long> _left = [];
    private long? _excused;

    /// <summary>This peer was registered at a tracker until now.</summary>
    public void Left(TrackerAddress tracker)
    {
        foreach (var old in _left.Where(left => !IsRecent(left.Value)).Select(left => left.Key).ToList())
            _left.Remove(old);
        _left[tracker] = time.GetTimestamp();
    }

    /// <summary>A tracker says REPLACED.</summary>
    /// <returns>True when this peer was registered at another one a short while ago, and this is the first time: it may register again.</returns>
    public bool Excuse(TrackerAddress replacedAt)
    {
        if (_excused is { } before && IsRecent(before) || !_left.Any(left => left.Key != replacedAt && IsRecent(left.Value)))
            return false;
        _excused = time.GetTimestamp();
        return true;
    }

    private bool IsRecent(long timestamp) => time.GetElapsedTime(timestamp) < Recent;
}
