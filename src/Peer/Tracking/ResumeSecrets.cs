using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>
/// The secrets of the last welcomes, one for each tracker. With it a new connection replaces the lost one, even before the tracker has
/// noticed the loss. Kept in memory only.
/// </summary>
internal sealed class ResumeSecrets
{
    // More trackers than a peer remembers; a lying one could name any number.
    private const int Most = 64;

    private readonly Dictionary<TrackerAddress, ByteString> _secrets = [];

    /// <summary>Returns the secret to show to a tracker; empty = none.</summary>
    public ByteString Find(TrackerAddress tracker) => _secrets.GetValueOrDefault(tracker, ByteString.Empty);

    /// <summary>Keeps what a tracker's welcome gave; empty = it gives none.</summary>
    public void Remember(TrackerAddress tracker, ByteString secret)
    {
        _secrets.Remove(tracker);
        if (secret.Length != ResumeSecret.Size)
            return;
        if (_secrets.Count == Most)
            _secrets.Clear();
        _secrets.Add(tracker, secret);
    }
}
