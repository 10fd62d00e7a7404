using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Clustering.Wire;

namespace TspActors.Tracker.Clustering;

/// <summary>
/// Reads an entire shard in steps. Each step returns a slice of the shard as it is at that moment, so the log after the snapshot's position
/// may repeat some of the songs.
/// </summary>
/// <param name="peers">The shard's peers. The actor that reads the snapshot may change them between two steps.</param>
/// <param name="position">The shard's position when the snapshot began.</param>
internal sealed class ShardSnapshot(Dictionary<PeerId, ShardPeer> peers, ulong position)
{
    /// <summary>The approximate number of bytes that a song takes up besides its facts.</summary>
    public const int SongOverhead = 12;

    private readonly Queue<PeerId> _left = new(peers.Keys);
    private ShardPeer? _peer;
    private Queue<int> _songs = new();

    /// <summary>The shard's position when the snapshot began.</summary>
    public ulong Position { get; } = position;

    /// <summary>Whether the entire shard has been read.</summary>
    public bool IsOver => _peer is null && _left.Count == 0;

    public static ShardSong Song(int id, byte[] facts) => new() { Id = id, Facts = UnsafeByteOperations.UnsafeWrap(facts) };

    /// <summary>Returns the next slice, of about <paramref name="bytes"/> bytes.</summary>
    public IReadOnlyList<ShardChange> Next(int bytes)
    {
        var changes = new List<ShardChange>();
        while (bytes > 0 && !IsOver)
        {
            if (_peer is null)
            {
                if (!peers.TryGetValue(_left.Dequeue(), out _peer))
                    continue;
                _songs = new Queue<int>(_peer.Songs.Keys);
                changes.Add(LocalShard.Joined(_peer));
                bytes -= changes[^1].CalculateSize();
            }

            bytes -= AddSongs(changes, bytes);
        }

        return changes;
    }

    private int AddSongs(List<ShardChange> changes, int bytes)
    {
        var songs = new ShardSongs { Complete = true };
        if (_peer!.Load is { } load)
            (songs.HasLoad, songs.ActiveStreams, songs.MaxStreams) = (true, load.ActiveStreams, load.MaxStreams);
        var size = 40;
        while (size < bytes && _songs.TryDequeue(out var id))
        {
            if (!_peer.Songs.TryGetValue(id, out var facts))
                continue;
            songs.Put.Add(Song(id, facts));
            size += facts.Length + SongOverhead;
        }

        songs.Last = _songs.Count == 0;
        changes.Add(new ShardChange { PeerId = _peer.IdBytes, Stamp = _peer.Stamp, Songs = songs });
        if (songs.Last)
            _peer = null;
        return size;
    }
}
