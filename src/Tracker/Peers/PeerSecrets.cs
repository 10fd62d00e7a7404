using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Tracker.Peers;

/// <summary>The resume secrets of peers, which distinguish the owner of a peer id from a stranger that uses the id.</summary>
/// <remarks>
/// A peer remains the owner of its id for a day after it has left. During that time, a stranger may register under the id, but is replaced
/// as soon as the owner sends its secret. Otherwise, a stranger that waits for the peer to restart could keep it out forever.
/// </remarks>
/// <param name="time">The clock.</param>
internal sealed class PeerSecrets(TimeProvider time)
{
    /// <summary>The maximum number of absent peers that are remembered. Beyond that number, those that left first are forgotten.</summary>
    public const int MaxAbsent = 50_000;

    private static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    private readonly Dictionary<PeerId, Entry> _entries = [];
    private readonly Queue<(PeerId Peer, TimeSpan LeftAt)> _absent = new();

    private TimeSpan Now => time.GetElapsedTime(0);

    /// <summary>
    /// Returns true if a hello may replace the peer's connection without a check of whether that connection is alive: the hello contains
    /// the connection's secret, or it comes from the owner of the id and the connection belongs to a stranger.
    /// </summary>
    public bool MayReplace(PeerId peer, ByteString shown) => _entries.TryGetValue(peer, out var entry)
        && (ResumeSecret.Matches(entry.Current, shown) || (entry.Current != entry.Owner && IsOwner(peer, shown)));

    /// <summary>
    /// Returns true if a hello contains the secret of the id's owner, or the secret's digest, which the owner sends after a restart.
    /// </summary>
    /// <remarks>
    /// The digest cannot replace the owner's live connection, so a second peer that runs with a copy of the owner's data folder is refused.
    /// </remarks>
    public bool IsOwner(PeerId peer, ByteString shown) => _entries.TryGetValue(peer, out var entry)
        && (ResumeSecret.Matches(entry.Owner, shown) || ResumeSecret.Matches(ResumeSecret.Digest(entry.Owner), shown));

    /// <summary>Records the secret of a new registration.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="shown">The secret in its hello; empty = none.</param>
    /// <param name="secret">The secret in its welcome.</param>
    public void Register(PeerId peer, ByteString shown, ByteString secret)
    {
        Forget();
        var owner = _entries.TryGetValue(peer, out var entry) && !IsOwner(peer, shown) ? entry.Owner : secret;
        _entries[peer] = new Entry(secret, owner, null);
    }

    /// <summary>Records that a peer has left.</summary>
    public void Leave(PeerId peer)
    {
        if (!_entries.TryGetValue(peer, out var entry) || entry.LeftAt is not null)
            return;
        var now = Now;
        _entries[peer] = new Entry(entry.Owner, entry.Owner, now);
        _absent.Enqueue((peer, now));
        Forget();
    }

    private void Forget()
    {
        var oldest = Now - Memory;
        while (_absent.TryPeek(out var absent) && (absent.LeftAt <= oldest || _absent.Count > MaxAbsent))
        {
            _absent.Dequeue();
            // The peer may have returned since then, and may have left again.
            if (_entries.TryGetValue(absent.Peer, out var entry) && entry.LeftAt == absent.LeftAt)
                _entries.Remove(absent.Peer);
        }
    }

    private readonly record struct Entry(ByteString Current, ByteString Owner, TimeSpan? LeftAt);
}
