using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>A peer, and the live feeds that it sends.</summary>
internal sealed record SharingPeer(LibraryPeer Peer, IReadOnlyList<LiveFeed> Feeds);

/// <summary>The peers that share anything: songs, live feeds or both.</summary>
internal sealed class SharingPeers(IMusicLibrary library, LiveFeeds feeds)
{
    /// <summary>Returns a page of the peers, sorted by name.</summary>
    public LibraryPage<SharingPeer> Page(int offset, int count)
    {
        var (peers, byPeer) = (library.Peers, FeedsByPeer());
        var others = byPeer.Where(entry => library.FindPeer(entry.Key) is null).Select(entry => entry.Value.Peer).ToList();
        if (others.Count > 0)
            peers = [.. peers.Concat(others).Order(Comparer<LibraryPeer>.Create(LibraryPeer.ByName))];
        return new LibraryPage<SharingPeer>(
            [.. peers.Skip(offset).Take(count).Select(peer => new SharingPeer(peer, byPeer.GetValueOrDefault(peer.Id)?.Feeds ?? []))],
            peers.Count);
    }

    /// <summary>Finds a peer; null if it shares nothing.</summary>
    public SharingPeer? Find(PeerId id)
    {
        var sent = feeds.All.Where(feed => feed.Peers.Any(peer => peer.Id == id)).ToList();
        return (library.FindPeer(id) ?? sent.LastOrDefault()?.Peers.First(peer => peer.Id == id)) is { } found
            ? new SharingPeer(found, sent)
            : null;
    }

    /// <summary>Returns, for each peer, the song id of one of its songs or live feeds.</summary>
    public IReadOnlyDictionary<PeerId, int> Samples(IReadOnlyList<SharingPeer> peers)
    {
        var samples = new Dictionary<PeerId, int>(library.SampleSongs(peers.Select(peer => peer.Peer.Id)));
        foreach (var peer in peers.Where(peer => peer.Feeds.Count > 0))
            samples.TryAdd(peer.Peer.Id, peer.Feeds[0].TrackerId);
        return samples;
    }

    private Dictionary<PeerId, SharingPeer> FeedsByPeer() => feeds.All
        .SelectMany(feed => feed.Peers.DistinctBy(peer => peer.Id).Select(peer => (peer, feed)))
        .GroupBy(each => each.peer.Id)
        .ToDictionary(peer => peer.Key, peer => new SharingPeer(peer.Last().peer, [.. peer.Select(each => each.feed)]));
}
