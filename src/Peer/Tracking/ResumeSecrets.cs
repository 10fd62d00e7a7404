using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>
/// Remembers the secret from each tracker's last welcome. With that secret, a new connection replaces the lost one even before the tracker
/// has noticed the loss. The secrets are kept in memory only.
/// </summary>
internal sealed class ResumeSecrets
{
    // This is more than the number of trackers that a peer remembers. A malicious tracker could name any number of others.
    private const int Most = 64;

    private readonly Dictionary<TrackerAddress, ByteString> _secrets = [];

    /// <summary>Returns the secret to send to a tracker; empty = none.</summary>
    public ByteString Find(TrackerAddress tracker) => _secrets.GetValueOrDefault(tracker, ByteString.Empty);

    /// <summary>Remembers the secret from a tracker's welcome. If the welcome contains none, forgets the earlier secret.</summary>
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
