using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>
/// Remembers the secret from each tracker's last welcome. With that secret, a new connection replaces the lost one even before the tracker
/// has noticed the loss.
/// </summary>
/// <param name="file">
/// The file that stores digests of the secrets from one run to the next; null = the secrets are kept in memory only.
/// </param>
internal sealed class ResumeSecrets(ResumeSecretFile? file = null)
{
    // By default, a peer remembers fewer trackers than this, but a malicious tracker could name any number of others.
    private const int Most = 64;

    private readonly Dictionary<TrackerAddress, ByteString> _secrets = [];

    // The digests of the secrets, as in the file. They are sent after the program has restarted. Unlike a secret, a digest cannot replace a
    // connection that is still alive.
    private readonly Dictionary<TrackerAddress, ByteString> _stored = file?.Read(Most) ?? [];
    private HashSet<TrackerAddress> _namedByLast = [];
    private ByteString _last = ByteString.Empty;

    /// <summary>Returns the secret to send to a tracker; empty = none.</summary>
    /// <remarks>
    /// The trackers of a cluster recognize each other's secrets. Therefore, if the last welcome named this tracker, that welcome's secret
    /// is sent.
    /// </remarks>
    public ByteString Find(TrackerAddress tracker) =>
        !_last.IsEmpty && _namedByLast.Contains(tracker with { Host = tracker.Host.ToLowerInvariant() })
            ? _last
            : _secrets.GetValueOrDefault(tracker) ?? _stored.GetValueOrDefault(tracker, ByteString.Empty);

    /// <summary>Remembers the secret from a tracker's welcome. If the welcome contains none, forgets the earlier secret.</summary>
    /// <param name="tracker">The tracker that sent the welcome.</param>
    /// <param name="secret">The secret; empty = none.</param>
    /// <param name="others">The other trackers of its cluster, as the welcome names them.</param>
    public void Remember(TrackerAddress tracker, ByteString secret, IEnumerable<TrackerAddress> others)
    {
        _secrets.Remove(tracker);
        _last = secret.Length == ResumeSecret.Size ? secret : ByteString.Empty;
        _namedByLast = others.Take(Most).ToHashSet();
        if (!_last.IsEmpty)
        {
            if (_secrets.Count == Most)
                _secrets.Clear();
            _secrets.Add(tracker, secret);
        }

        if (file is null)
            return;
        if (_stored.Count == Most && !_stored.ContainsKey(tracker))
            _stored.Clear();
        _stored[tracker] = ResumeSecret.Digest(secret);
        file.Write(_stored);
    }
}
