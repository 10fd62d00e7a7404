using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>
/// The secrets of the last welcomes. With one, a new connection replaces the one that got it, even before the tracker has noticed that it
/// is lost. Kept in memory only.
/// </summary>
internal sealed class ResumeSecrets
{
    // More trackers than a peer remembers; a lying one could name any number.
    private const int Most = 64;

    private readonly Dictionary<TrackerAddress, ByteString> _secrets = [];
    private IReadOnlySet<TrackerAddress> _namedByLast = new HashSet<TrackerAddress>();
    private ByteString _last = ByteString.Empty;

    /// <summary>Returns the secret to show to a tracker; empty = none.</summary>
    /// <remarks>The trackers of a cluster know each other's secrets, so one that the last tracker named is shown that tracker's.</remarks>
    public ByteString Find(TrackerAddress tracker) =>
        !_last.IsEmpty && _namedByLast.Contains(tracker with { Host = tracker.Host.ToLowerInvariant() }) ? _last : _secrets.GetValueOrDefault(tracker, ByteString.Empty);

    /// <summary>Remembers what a tracker's welcome gave; empty = it gives none.</summary>
    /// <param name="tracker">The tracker.</param>
    /// <param name="secret">The secret.</param>
    /// <param name="others">The other trackers of its cluster, as the welcome names them.</param>
    public void Remember(TrackerAddress tracker, ByteString secret, IEnumerable<TrackerAddress> others)
    {
        _secrets.Remove(tracker);
        _last = secret.Length == ResumeSecret.Size ? secret : ByteString.Empty;
        _namedByLast = others.Take(Most).ToHashSet();
        if (_last.IsEmpty)
            return;
        if (_secrets.Count == Most)
            _secrets.Clear();
        _secrets.Add(tracker, secret);
    }
}
