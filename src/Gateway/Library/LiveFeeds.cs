using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>The live feeds in the catalog. They are not in the library, because they have no end and no bytes that could be cached.
/// Thread-safe.</summary>
/// <remarks>
/// One peer can invent any number of feeds. If there are too many to show, every peer's first feed comes before any peer's second. For this
/// rule, a feed belongs to its first host.
/// </remarks>
internal sealed class LiveFeeds
{
    // Clients receive the entire list at once, not page by page.
    private const int MaxShown = 1_000;
    private const int MaxKept = 20_000;

    // A peer can make at most 32 feeds of its own and pass on another 32.
    private const int MaxOfPeer = 64;
    private const int MaxHosts = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, LiveFeed> _byTrackerId = [];
    private readonly Dictionary<PeerId, int> _ofPeers = [];
    private readonly HashSet<int> _listed = [];

    // The list and the dictionary are replaced together, so that readers need no lock.
    private volatile Shown _shown = new([], new Dictionary<string, LiveFeed>(StringComparer.Ordinal));

    /// <summary>All feeds, sorted by name.</summary>
    public IReadOnlyList<LiveFeed> All => _shown.All;

    /// <summary>Finds a feed by its client id, such as st-….</summary>
    public LiveFeed? Find(string id) => _shown.ById.GetValueOrDefault(id);

    /// <summary>Applies one page of a complete listing of the catalog.</summary>
    public void Listed(IReadOnlyList<Song> songs, bool isFirst, bool isLast)
    {
        lock (_lock)
        {
            if (isFirst)
                _listed.Clear();
            var hasChanged = false;
            foreach (var song in songs.Where(song => song.Live))
                hasChanged |= Apply(song);
            if (isLast)
                hasChanged |= Remove(_byTrackerId.Keys.Where(id => !_listed.Contains(id)).ToList());
            if (hasChanged)
                Publish();
        }
    }

    /// <summary>Applies a change in the catalog.</summary>
    public void Changed(IReadOnlyList<Song> changed, IReadOnlyList<int> removed)
    {
        lock (_lock)
        {
            var hasChanged = Remove(removed);
            foreach (var song in changed)
                hasChanged |= song.Live ? Apply(song) : Remove(song.Id);
            if (hasChanged)
                Publish();
        }
    }

    private static PeerId OwnerOf(LiveFeed feed) => feed.Peers.Count > 0 ? feed.Peers[0].Id : default;

    private bool Remove(IReadOnlyList<int> trackerIds)
    {
        var before = _byTrackerId.Count;
        foreach (var id in trackerIds)
            Remove(id);
        return _byTrackerId.Count != before;
    }

    private bool Remove(int trackerId)
    {
        if (!_byTrackerId.Remove(trackerId, out var feed))
            return false;
        var owner = OwnerOf(feed);
        if (--_ofPeers[owner] == 0)
            _ofPeers.Remove(owner);
        return true;
    }

    private bool Apply(Song song)
    {
        if (song.Id <= 0 || song.ContentHash.Length != ContentHash.Size)
            return false;
        var hasRemoved = Remove(song.Id);
        if (song.Hosts.Count == 0 || _byTrackerId.Count >= MaxKept)
            return hasRemoved;
        var hash = new ContentHash(song.ContentHash.Span);
        var name = ShownText.Clean(song.Tags?.Title ?? "");
        var feed = new LiveFeed
        {
            Hash = hash,
            Id = LibraryIds.OfFeed(hash),
            TrackerId = song.Id,
            Name = name.Length > 0 ? name : "[Unnamed feed]",
            Genre = ShownText.Clean(song.Tags?.Genre ?? ""),
            BitrateBps = (int)Math.Min(song.Format?.BitrateBps ?? 0, 1_000_000),
            Hosts = [.. song.Hosts.Take(MaxHosts).Select(host => ShownText.Clean(host.Name))],
            Peers = [.. song.Hosts.Take(MaxHosts).Select(LibraryPeer.Of).OfType<LibraryPeer>()],
        };
        var owner = OwnerOf(feed);
        var count = _ofPeers.GetValueOrDefault(owner);
        if (count >= MaxOfPeer)
            return hasRemoved;
        _ofPeers[owner] = count + 1;
        _byTrackerId.Add(song.Id, feed);
        _listed.Add(song.Id);
        return true;
    }

    private void Publish()
    {
        var all = _byTrackerId.Values.GroupBy(OwnerOf)
            .SelectMany(feeds => feeds.OrderBy(feed => feed.TrackerId).Select((feed, place) => (Feed: feed, Place: place)))
            .OrderBy(entry => entry.Place).ThenBy(entry => entry.Feed.TrackerId)
            .Select(entry => entry.Feed).DistinctBy(feed => feed.Id).Take(MaxShown)
            .OrderBy(feed => ShownText.SortName(feed.Name), StringComparer.Ordinal)
            .ThenBy(feed => feed.Id, StringComparer.Ordinal).ToList();
        _shown = new Shown(all, all.ToDictionary(feed => feed.Id, StringComparer.Ordinal));
    }

    private sealed record Shown(IReadOnlyList<LiveFeed> All, Dictionary<string, LiveFeed> ById);
}
