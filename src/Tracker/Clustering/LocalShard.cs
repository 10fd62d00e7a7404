using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering.Wire;

namespace TspActors.Tracker.Clustering;

/// <summary>
/// This tracker's own shard of the catalog: the songs that its peers host now, and a log of the latest changes, each with its position.
/// </summary>
/// <param name="logBytes">The maximum size of the log, in bytes. A tracker that has missed more than the log contains receives a
///   snapshot.</param>
internal sealed class LocalShard(long logBytes)
{
    private readonly Dictionary<PeerId, ShardPeer> _peers = [];
    private readonly List<(ShardChange Change, int Bytes)> _log = [];
    private int _first;
    private long _bytes;

    /// <summary>A random number that distinguishes this shard from the shards of the tracker's earlier runs.</summary>
    public ulong Generation { get; } = (ulong)Random.Shared.NextInt64(1, long.MaxValue);

    /// <summary>The position of the last change.</summary>
    public ulong Position { get; private set; }

    /// <summary>Applies a change to the shard and appends it to the log.</summary>
    public void Apply(LocalChange change)
    {
        switch (change)
        {
            case LocalChange.Joined joined:
                var entry = _peers[joined.Host.Id] = new ShardPeer(joined.Host, joined.Stamp, joined.ResumeDigest);
                Log(Joined(entry));
                break;
            case LocalChange.Left left:
                if (_peers.Remove(left.Peer, out var gone))
                    Log(new ShardChange { PeerId = gone.IdBytes, Stamp = gone.Stamp, Left = true });
                break;
            case LocalChange.Songs songs when _peers.TryGetValue(songs.Peer, out var peer):
                Apply(peer, songs);
                break;
            case LocalChange.Reached reached when _peers.TryGetValue(reached.Host.Id, out var peer) && peer.Host == reached.Host:
                Log(new ShardChange { PeerId = peer.IdBytes, Stamp = peer.Stamp, Reachable = (uint)reached.Reach });
                break;
            case LocalChange.Moved moved when _peers.TryGetValue(moved.Host.Id, out var peer) && peer.Host == moved.Host:
                Log(new ShardChange
                {
                    PeerId = peer.IdBytes,
                    Stamp = peer.Stamp,
                    Moved = new ShardPlace { Port = (uint)moved.Host.Port, LocalEndpoints = { moved.Host.LocalEndpoints } },
                });
                break;
            case LocalChange.Reset:
                foreach (var peer in _peers.Keys.ToList())
                    Apply(new LocalChange.Left(peer));
                break;
        }
    }

    /// <summary>
    /// Returns about <paramref name="bytes"/> bytes of changes after a position; null if the log does not contain that position.
    /// </summary>
    public IReadOnlyList<ShardChange>? After(ulong position, int bytes)
    {
        if (position > Position || Position - position > (ulong)(_log.Count - _first))
            return null;
        var changes = new List<ShardChange>();
        for (var at = _log.Count - (int)(Position - position); at < _log.Count && bytes > 0; at++)
        {
            changes.Add(_log[at].Change);
            bytes -= _log[at].Bytes;
        }

        return changes;
    }

    /// <summary>
    /// Begins a snapshot, which is read in steps while the shard keeps changing. The log after the snapshot's position contains all changes
    /// that are made while the snapshot is being read.
    /// </summary>
    public ShardSnapshot Snapshot() => new(_peers, Position);

    private void Apply(ShardPeer peer, LocalChange.Songs change)
    {
        var songs = new ShardSongs();
        if (change.Load is not null && !change.Load.Equals(peer.Load))
        {
            peer.Load = change.Load;
            (songs.HasLoad, songs.ActiveStreams, songs.MaxStreams) = (true, change.Load.ActiveStreams, change.Load.MaxStreams);
        }

        var bytes = 0;
        foreach (var (id, facts) in change.Changed)
        {
            if (facts is null)
            {
                // The removal is logged even if this tracker never sent the song: for a peer that has moved here, the other trackers still
                // list the songs that it shared through its previous tracker.
                peer.Songs.Remove(id);
                songs.Gone.Add(id);
            }
            else
            {
                if (peer.Songs.TryGetValue(id, out var before) && before.AsSpan().SequenceEqual(facts))
                    continue;
                peer.Songs[id] = facts;
                songs.Put.Add(ShardSnapshot.Song(id, facts));
            }

            bytes += (facts?.Length ?? 0) + ShardSnapshot.SongOverhead;
            if (bytes < ClusterHocon.ChunkBytes / 2)
                continue;
            Log(new ShardChange { PeerId = peer.IdBytes, Stamp = peer.Stamp, Songs = songs });
            (songs, bytes) = (new ShardSongs(), 0);
        }

        songs.Settled = change.IsSettled;
        if (songs.Put.Count + songs.Gone.Count > 0 || songs.HasLoad || songs.Settled)
            Log(new ShardChange { PeerId = peer.IdBytes, Stamp = peer.Stamp, Songs = songs });
    }

    private void Log(ShardChange change)
    {
        Position++;
        var size = change.CalculateSize();
        _log.Add((change, size));
        _bytes += size;
        while (_bytes > logBytes && _first < _log.Count - 1)
        {
            _bytes -= _log[_first].Bytes;
            _log[_first++] = default;
        }

        // Dropped entries are removed from the list in bulk.
        if (_first <= 1024 || _first <= _log.Count / 2)
            return;
        _log.RemoveRange(0, _first);
        _first = 0;
    }

    internal static ShardChange Joined(ShardPeer peer) => new()
    {
        PeerId = peer.IdBytes,
        Stamp = peer.Stamp,
        Joined = new ShardHost
        {
            Name = peer.Host.Name,
            Address = peer.Host.Address,
            Port = (uint)peer.Host.Port,
            Reachable = (uint)peer.Host.Reachability.Current,
            ResumeDigest = peer.ResumeDigest,
            Secure = peer.Host.IsSecure,
            Features = (ulong)peer.Host.Features,
            SeenAt = peer.Host.SeenAt?.ToString() ?? "",
            LocalEndpoints = { peer.Host.LocalEndpoints },
        },
    };
}

/// <summary>A peer that is connected to this tracker, with its songs.</summary>
internal sealed class ShardPeer(CatalogHost host, ulong stamp, ByteString resumeDigest)
{
    public CatalogHost Host { get; } = host;

    public ByteString IdBytes { get; } = UnsafeByteOperations.UnsafeWrap(host.Id.ToArray());

    public ulong Stamp { get; } = stamp;

    public ByteString ResumeDigest { get; } = resumeDigest;

    public Dictionary<int, byte[]> Songs { get; } = new(SongIdComparer.Instance);

    public HostLoad? Load { get; set; }
}
