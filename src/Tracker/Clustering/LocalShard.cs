using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering.Wire;

namespace TspActors.Tracker.Clustering;

/// <summary>The part of the catalog that this tracker answers for: who hosts what now, and the last changes of it, each with its position.</summary>
/// <param name="logBytes">Bytes of changes that are kept; whoever missed more begins with a snapshot.</param>
internal sealed class LocalShard(long logBytes)
{
    private readonly Dictionary<PeerId, OwnPeer> _peers = [];
    private readonly List<(PartChange Change, int Bytes)> _log = [];
    private int _first;
    private long _bytes;

    /// <summary>Tells this part from one of an earlier run of the same tracker.</summary>
    public ulong Generation { get; } = (ulong)Random.Shared.NextInt64(1, long.MaxValue);

    /// <summary>The position of the last change.</summary>
    public ulong Position { get; private set; }

    /// <summary>Takes a change into the state and the log.</summary>
    public void Take(OwnChange change)
    {
        switch (change)
        {
            case OwnChange.Joined joined:
                _peers[joined.Host.Id] = new OwnPeer(joined.Host, joined.Stamp);
                Log(Joined(joined.Host, joined.Stamp));
                break;
            case OwnChange.Left left:
                if (_peers.Remove(left.Peer, out var gone))
                    Log(new PartChange { PeerId = gone.IdBytes, Stamp = gone.Stamp, Left = true });
                break;
            case OwnChange.Songs songs when _peers.TryGetValue(songs.Peer, out var peer):
                Take(peer, songs);
                break;
            case OwnChange.Reached reached when _peers.TryGetValue(reached.Host.Id, out var peer) && peer.Host == reached.Host:
                Log(new PartChange { PeerId = peer.IdBytes, Stamp = peer.Stamp, Reachable = (uint)reached.Reach });
                break;
            case OwnChange.Reset:
                foreach (var peer in _peers.Keys.ToList())
                    Take(new OwnChange.Left(peer));
                break;
        }
    }

    /// <summary>Changes after a position, about as many bytes as asked for; null when the log does not reach back so far.</summary>
    public IReadOnlyList<PartChange>? After(ulong position, int bytes)
    {
        if (position > Position || Position - position > (ulong)(_log.Count - _first))
            return null;
        var changes = new List<PartChange>();
        for (var at = _log.Count - (int)(Position - position); at < _log.Count && bytes > 0; at++)
        {
            changes.Add(_log[at].Change);
            bytes -= _log[at].Bytes;
        }

        return changes;
    }

    /// <summary>Reads the whole part piece by piece while it goes on changing; what changes meanwhile is in the log after the position at which it began.</summary>
    public PartSnapshot Snapshot() => new(_peers, Position);

    private void Take(OwnPeer peer, OwnChange.Songs change)
    {
        var songs = new PartSongs();
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
                // Also one that was never told: a peer that has moved here was listed with what it had before.
                peer.Songs.Remove(id);
                songs.Gone.Add(id);
            }
            else
            {
                if (peer.Songs.TryGetValue(id, out var before) && before.AsSpan().SequenceEqual(facts))
                    continue;
                peer.Songs[id] = facts;
                songs.Put.Add(PartSnapshot.Song(id, facts));
            }

            bytes += (facts?.Length ?? 0) + PartSnapshot.SongOverhead;
            if (bytes < ClusterHocon.ChunkBytes / 2)
                continue;
            Log(new PartChange { PeerId = peer.IdBytes, Stamp = peer.Stamp, Songs = songs });
            (songs, bytes) = (new PartSongs(), 0);
        }

        songs.Settled = change.IsSettled;
        if (songs.Put.Count + songs.Gone.Count > 0 || songs.HasLoad || songs.Settled)
            Log(new PartChange { PeerId = peer.IdBytes, Stamp = peer.Stamp, Songs = songs });
    }

    private void Log(PartChange change)
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

        // What is dropped leaves its place now and then, all at once.
        if (_first <= 1024 || _first <= _log.Count / 2)
            return;
        _log.RemoveRange(0, _first);
        _first = 0;
    }

    internal static PartChange Joined(CatalogHost host, ulong stamp) => new()
    {
        PeerId = UnsafeByteOperations.UnsafeWrap(host.Id.ToArray()),
        Stamp = stamp,
        Joined = new PartHost { Name = host.Name, Address = host.Address, Port = (uint)host.Port, Reachable = (uint)host.Reach },
    };
}

/// <summary>A peer that is connected to this tracker, and its songs.</summary>
internal sealed class OwnPeer(CatalogHost host, ulong stamp)
{
    public CatalogHost Host { get; } = host;

    public ByteString IdBytes { get; } = UnsafeByteOperations.UnsafeWrap(host.Id.ToArray());

    public ulong Stamp { get; } = stamp;

    public Dictionary<int, byte[]> Songs { get; } = [];

    public HostLoad? Load { get; set; }
}
