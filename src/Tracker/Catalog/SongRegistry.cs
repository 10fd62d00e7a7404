using System.Collections.Immutable;
using System.Runtime.InteropServices;
using TspActors.Protocol;
using TspActors.Tracker.Search;

namespace TspActors.Tracker.Catalog;

/// <summary>The mutable catalog: which peer hosts which songs. Only the TrackerActor uses it; other threads read its snapshots.</summary>
/// <remarks>
/// The songs themselves are in the snapshot. In addition, the registry keeps the unpublished changes, the ids by hash, and the songs of
/// each peer.
/// </remarks>
internal sealed class SongRegistry(
    CatalogLimits limits, EncodedPages pages, TimeProvider? time = null, SongIds? ids = null, ChangeLimits? changes = null)
{
    /// <summary>The reason for refusing a song whose id stands for different songs at different trackers in the cluster.</summary>
    public const string Disagreement = "the trackers in this cluster disagree about the song's id";

    private readonly SongIds _ids = ids ?? new SongIds();
    private readonly NewSongBudget _newSongs = new(limits, time ?? TimeProvider.System);
    private readonly AddressMemory _addresses = new(limits.AddressBytes);
    private readonly KnownSongBudget _knownSongs = new(limits, time ?? TimeProvider.System);
    private readonly Dictionary<PeerId, Registration> _peers = [];
    private readonly Dictionary<int, CatalogSong?> _unpublished = new(SongIdComparer.Instance);
    private readonly CatalogNews _news = new(changes ?? ChangeLimits.None, time ?? TimeProvider.System);
    private readonly SearchIndexWriter _index = new();
    private readonly HostReachability.Writer _reachability = new();

    // The search terms of the songs that were shared since the last snapshot, keyed by the songs' facts.
    private readonly Dictionary<byte[], SearchDocument> _words = new(ReferenceEqualityComparer.Instance);
    private CatalogSnapshot _snapshot = CatalogSnapshot.New(pages);
    private ImmutableDictionary<PeerId, HostLoad> _loads = CatalogSnapshot.Empty.Loads;
    private ulong _broadcastVersion = CatalogSnapshot.Empty.Version;
    private LiveFeeds _feeds = LiveFeeds.None;
    private Dictionary<int, byte[]?>? _effect;
    private long _copies;
    private long _songBytes;

    /// <summary>True if <see cref="DrainDelta"/> may return changes now.</summary>
    public bool HasChangesToBroadcast => NextNewsIn == TimeSpan.Zero;

    /// <summary>The time until <see cref="DrainDelta"/> may return changes; null if there are none to broadcast.</summary>
    public TimeSpan? NextNewsIn => _news.NextIn();

    /// <summary>The number of peers that receive each broadcast.</summary>
    public int Subscribers { get; set; }

    /// <summary>
    /// The memory used by all peers, songs and ids, as estimated by <see cref="CatalogMemory"/>. Above the limit, the registry accepts no
    /// new songs.
    /// </summary>
    public long MemoryBytes => _songBytes + ((long)_feeds.Copies * CatalogMemory.OfFeed) + ((long)_ids.Count * CatalogMemory.OfId)
        + ((long)_peers.Count * CatalogMemory.OfPeer);

    /// <summary>The counter for new ids: every new id is higher. A cluster has its own counter.</summary>
    public int IdCounter => _ids.Counter;

    /// <summary>The number of peers that have at least one song.</summary>
    public int Hosts { get; private set; }

    /// <summary>Returns how many songs a host has.</summary>
    public int CountOf(PeerId peer) => _peers.TryGetValue(peer, out var registration) ? registration.Songs.Count : 0;

    /// <summary>Adds a host without songs. Songs from an earlier connection of the same peer are withdrawn.</summary>
    public void Join(CatalogHost host)
    {
        Leave(host.Id);
        _peers.Add(host.Id, new Registration(host, _addresses.Join(host.CountedAs)));
    }

    /// <summary>
    /// Registers a host that has moved between trackers. Its songs stay listed, so that listeners find them during the move.
    /// </summary>
    /// <param name="host">The host as registered now.</param>
    /// <remarks>
    /// Songs that the host's next complete share does not name are withdrawn at the end of that share, or by <see cref="EndMove"/>.
    /// </remarks>
    /// <returns>True if the host has songs that stay listed.</returns>
    public bool Move(CatalogHost host)
    {
        if (host.Port == 0 || !_peers.TryGetValue(host.Id, out var before))
        {
            Join(host);
            return false;
        }

        _addresses.Leave(before.Account, before.Bytes);
        var registration = _peers[host.Id] = before.MovedTo(host, _addresses.Join(host.CountedAs, before.Bytes));
        registration.BeginSnapshot();
        foreach (var (id, since) in registration.Songs)
        {
            if (Find(id) is { } song && song.CopyOf(since) is { } copy)
                Set(id, song.With(copy with { Host = host }), host);
        }

        return registration.Songs.Count > 0;
    }

    /// <summary>
    /// Ends the move of a host that has named all of its songs or has run out of time. Songs that it has not named are withdrawn.
    /// </summary>
    /// <returns>The changes by id: null for each song that the host no longer has.</returns>
    public Dictionary<int, byte[]?> EndMove(PeerId peer)
    {
        var effect = _effect = new Dictionary<int, byte[]?>(SongIdComparer.Instance);
        if (_peers.TryGetValue(peer, out var registration) && registration.SeenInSnapshot is not null)
            EndSnapshot(registration);
        return effect;
    }

    /// <summary>Applies a batch of a share: a slice of a complete share, or songs that the host has added and removed.</summary>
    /// <param name="peer">The host.</param>
    /// <param name="share">The batch.</param>
    /// <param name="effect">Receives the changes by id: the song's facts, or null if the host no longer has the song.</param>
    /// <returns>An id or a refusal for each added song, in order; empty if the peer is not registered.</returns>
    public IReadOnlyList<AssignedSong> Apply(PeerId peer, SharedBatch share, Dictionary<int, byte[]?>? effect = null)
    {
        _effect = effect;
        if (!_peers.TryGetValue(peer, out var registration))
            return [];
        if (share.Load is not null)
            _loads = _loads.SetItem(peer, share.Load);
        if (share.Complete)
            registration.BeginSnapshot();

        _news.Received(registration.Host.Voter, share.Bytes, Subscribers);
        // A song that one batch both removes and adds stays hosted.
        foreach (var removed in share.Removed)
            Withdraw(registration, _ids.Find(removed));
        registration.Songs.EnsureCapacity(Math.Min(registration.Songs.Count + share.Added.Length, limits.SongsPerPeer));
        var assigned = new List<AssignedSong>(share.Added.Length);
        foreach (var song in share.Added)
            assigned.Add(Add(registration, song));
        if (share is { Complete: true, Last: true })
            EndSnapshot(registration);
        return assigned;
    }

    private void EndSnapshot(Registration registration)
    {
        if (registration.SeenInSnapshot is { } seen)
        {
            foreach (var id in registration.Songs.Keys.Where(id => !seen.Contains(id)).ToList())
                Withdraw(registration, id);
        }

        registration.EndSnapshot();
    }

    /// <summary>Withdraws some songs of a host.</summary>
    public void Withdraw(PeerId peer, IEnumerable<int> ids)
    {
        if (!_peers.TryGetValue(peer, out var registration))
            return;
        _effect = null;
        foreach (var id in ids)
            Withdraw(registration, id);
    }

    /// <summary>Sets whether a host's port can be reached.</summary>
    public void SetReach(PeerId peer, PortReach reach)
    {
        if (_peers.TryGetValue(peer, out var registration))
            _reachability.Set(registration.Host, reach);
    }

    /// <summary>Sets whether a host's port can be reached, if the peer is still registered as this host.</summary>
    /// <returns>False if the peer has left or registered again.</returns>
    public bool SetReach(CatalogHost host, PortReach reach)
    {
        if (!_peers.TryGetValue(host.Id, out var registration) || !ReferenceEquals(registration.Host, host))
            return false;
        _reachability.Set(host, reach);
        return true;
    }

    /// <summary>Sets the port and the local endpoints at which a host can be reached.</summary>
    public void MoveTo(PeerId peer, int port, IReadOnlyList<string> localEndpoints)
    {
        if (_peers.TryGetValue(peer, out var registration) && port > 0)
            registration.Host.MoveTo(port, localEndpoints);
    }

    /// <summary>
    /// Sets the port and the local endpoints (null = unchanged) at which a host can be reached, if the peer is still registered as this
    /// host.
    /// </summary>
    /// <returns>False if the peer has left or registered again.</returns>
    public bool MoveTo(CatalogHost host, int port, IReadOnlyList<string>? localEndpoints)
    {
        if (!_peers.TryGetValue(host.Id, out var registration) || !ReferenceEquals(registration.Host, host))
            return false;
        host.MoveTo(port, localEndpoints);
        return true;
    }

    /// <summary>Removes a host and its songs.</summary>
    public void Leave(PeerId peer)
    {
        if (!_peers.Remove(peer, out var registration))
            return;
        _addresses.Leave(registration.Account, registration.Bytes);
        if (registration.Songs.Count > 0)
            Hosts--;
        foreach (var (id, since) in registration.Songs)
        {
            _feeds = _feeds.Without(id, peer);
            Set(id, Find(id)?.Without(since), registration.Host, isLeaving: true);
        }

        _loads = _loads.Remove(peer);
    }

    /// <summary>Publishes all changes as a new snapshot.</summary>
    /// <returns>The current snapshot.</returns>
    public CatalogSnapshot Publish()
    {
        if (_unpublished.Count > 0)
        {
            var changes = new (int Id, CatalogSong? Song)[_unpublished.Count];
            var count = 0;
            foreach (var (id, song) in _unpublished)
                changes[count++] = (id, song);
            Array.Sort(changes, (left, right) => left.Id.CompareTo(right.Id));
            _snapshot = _snapshot with
            {
                Version = _snapshot.Version + 1,
                Songs = _snapshot.Songs.With(changes),
                Index = Indexed(changes),
                Loads = _loads,
                Feeds = _feeds,
                Hosts = Hosts,
            };
            _unpublished.Clear();
        }
        else if (!ReferenceEquals(_loads, _snapshot.Loads) || !ReferenceEquals(_feeds, _snapshot.Feeds))
        {
            _snapshot = _snapshot with { Loads = _loads, Feeds = _feeds };
        }

        return _snapshot;
    }

    /// <summary>
    /// Returns the changes to broadcast now, with the songs from the published snapshot. The lists are null if too many songs have changed.
    /// </summary>
    /// <param name="mostBytes">The approximate maximum size of the broadcast, in bytes. Further changes wait for the next
    ///   broadcast.</param>
    public (ulong From, ulong To, IReadOnlyList<CatalogSong>? Changed, IReadOnlyList<int>? Removed) DrainDelta(
        long mostBytes = long.MaxValue)
    {
        var (from, isTooMuch) = (_broadcastVersion, _news.IsTooMuch);
        var (changed, removed) = (new List<CatalogSong>(), new List<int>());
        foreach (var id in isTooMuch ? [] : _news.Dequeue(_snapshot.Find, Subscribers, mostBytes))
        {
            if (_snapshot.Find(id) is { } song)
                changed.Add(song);
            else
                removed.Add(id);
        }

        // If all changes are held back, the version stays the same: the broadcast that reports them later starts from it.
        if (isTooMuch || changed.Count + removed.Count > 0)
            _broadcastVersion = _snapshot.Version;
        if (!isTooMuch)
            return (from, _broadcastVersion, changed, removed);
        _news.Clear();
        return (from, _broadcastVersion, null, null);
    }

    /// <summary>Discards the changes so far, because no peer wants broadcasts or because all peers will list again.</summary>
    public void SkipDelta()
    {
        _broadcastVersion = _snapshot.Version;
        _news.Clear();
    }

    /// <summary>Adds <paramref name="count"/> versions without changes, for the additional frames of one broadcast.</summary>
    /// <returns>The current snapshot.</returns>
    public CatalogSnapshot SkipVersions(int count)
    {
        if (count > 0)
            _snapshot = _snapshot with { Version = _broadcastVersion += (ulong)count };
        return _snapshot;
    }

    /// <summary>
    /// Returns segments of the index that should be merged on another thread; null if there are none or a merge is under way.
    /// </summary>
    public SearchMerge? NextMerge() => _index.NextMerge();

    /// <summary>Publishes the result of a finished merge.</summary>
    /// <returns>False if this registry did not begin the merge, in which case the result is dropped.</returns>
    public bool ApplyMerge(SearchMerge merge, SearchSegment merged)
    {
        if (!_index.IsUnderWay(merge))
            return false;
        // Songs that returned during the merge are missing from its result.
        foreach (var id in _index.ApplyMerge(merge, merged))
        {
            if (_snapshot.Find(id) is { } song)
                _index.Put(id, SearchDocument.From(song.Facts));
        }

        _snapshot = _snapshot with { Index = _index.Publish() };
        return true;
    }

    /// <summary>
    /// Marks the songs that will be refused, before the other trackers are asked for ids. Accepted new songs count against the limits from
    /// then on.
    /// </summary>
    public SharedBatch Screen(PeerId peer, SharedBatch share) => _peers.TryGetValue(peer, out var registration)
        ? share with { Added = ImmutableArray.CreateRange(share.Added, song => Screened(registration, song)) }
        : share;

    private OfferedSong Screened(Registration registration, OfferedSong song) =>
        song.Refusal is not null || _ids.Find(song.Hash) != 0 ? song
        : Refusal(registration, 0, song) is { } refusal ? song with { Refusal = refusal }
        : song with { IsCounted = true };

    private AssignedSong Add(Registration registration, OfferedSong song)
    {
        var assigned = new AssignedSong { ContentHash = song.HashBytes };
        var id = _ids.Find(song.Hash);
        if (Refusal(registration, id, song) is { } refusal)
        {
            // The peer's earlier copy is withdrawn, too. Otherwise, the listed facts would differ from those that the peer reports now.
            Withdraw(registration, id);
            assigned.Refusal = refusal;
            return assigned;
        }

        if (id == 0)
            id = song.HasId ? _ids.Assign(song.Hash, song.LastId) : _ids.IdOf(song.Hash, song.LastId, song.IsProven);
        assigned.Id = id;
        var bytesBefore = BytesOf(registration, id);
        _feeds = song.IsLive
            ? _feeds.With(id, registration.Host.Id, LiveFeeds.DepthOf(registration.Host.Id, song), song.NowPlaying)
            : _feeds.Without(id, registration.Host.Id);
        registration.Name(id, bytesBefore, BytesOf(song));
        if (_effect is not null)
            _effect[id] = song.Facts;
        ref var since = ref CollectionsMarshal.GetValueRefOrAddDefault(registration.Songs, id, out var isKnown);
        var before = Find(id);
        if (!isKnown)
        {
            since = ++_copies;
            Hosts += registration.Songs.Count == 1 ? 1 : 0;
        }
        else if (before?.CopyOf(since) is { } copy && copy.Facts.AsSpan().SequenceEqual(song.Facts))
            return assigned;
        registration.Charge(BytesOf(song) - bytesBefore);

        var shared = new SongCopy(registration.Host, before?.SharedFacts(song.Facts) ?? song.Facts, since);
        _words.TryAdd(shared.Facts, song.Words);
        Set(id, before is null ? new CatalogSong(id, shared) : before.With(shared), registration.Host);
        return assigned;
    }

    private string? Refusal(Registration registration, int id, OfferedSong song)
    {
        if (song.HasId && (id == 0 ? _ids.IsTaken(song.LastId) : id != song.LastId))
            return Disagreement;
        if (song.IsReplicated)
            return null;
        if (song.IsLive && FeedRefusal(registration.Host, id, song) is { } tooMany)
            return tooMany;
        if (registration.Host.Port == 0)
            return "this peer listens on no port, so nobody could play the song";
        if (song.Refusal is not null)
            return song.Refusal;
        if (registration.IsFull(id, limits.SongsPerPeer))
            return $"this tracker accepts at most {(limits.SongsPerPeer == 1 ? "1 song" : $"{limits.SongsPerPeer} songs")} from one peer";
        if (registration.IsTooLarge(id, BytesOf(registration, id), BytesOf(song), limits.ShareBytes))
            return $"this tracker uses at most {limits.ShareBytes / 1024.0 / 1024:0.#} MiB of memory for the songs of one peer";
        if (AddressMemory.Refusal(registration.Account, BytesOf(registration, id), BytesOf(song)) is { } full)
            return full;
        return IsFullFor(registration, id)
            ? "this tracker is full; it accepts no new songs for now"
            : song.IsCounted || registration.Songs.ContainsKey(id) ? null
            : id == 0 ? _newSongs.TryCount(registration.Host.Id, registration.Host.CountedAs)
            : _knownSongs.TryCount(registration.Host.CountedAs);
    }

    private string? FeedRefusal(CatalogHost host, int id, OfferedSong song) => _feeds.Refusal(
        id, host.Id, LiveFeeds.DepthOf(host.Id, song),
        host.CountedAs is { } address
            ? other => _peers.TryGetValue(other, out var neighbour) && address.Equals(neighbour.Host.CountedAs)
            : null);

    // Known songs are accepted even slightly above the limit, because most of them belong to returning peers.
    private bool IsFullFor(Registration registration, int id) => id == 0
        ? _ids.Count >= limits.Songs || MemoryBytes > limits.MemoryBytes
        : !registration.Songs.ContainsKey(id) && MemoryBytes - (limits.MemoryBytes / 8) > limits.MemoryBytes;

    private int BytesOf(Registration registration, int id) =>
        registration.Songs.TryGetValue(id, out var since) && Find(id)?.CopyOf(since) is { } copy
            ? CatalogMemory.OfFirst(copy.Facts) + (_feeds.Contains(id, registration.Host.Id) ? CatalogMemory.OfFeed : 0)
            : 0;

    private static int BytesOf(OfferedSong song) => CatalogMemory.OfFirst(song.Facts) + (song.IsLive ? CatalogMemory.OfFeed : 0);

    private void Withdraw(Registration registration, int id)
    {
        var bytes = BytesOf(registration, id);
        registration.Charge(-bytes);
        registration.Unname(id, bytes);
        if (!registration.Songs.Remove(id, out var since))
            return;
        Hosts -= registration.Songs.Count == 0 ? 1 : 0;
        _feeds = _feeds.Without(id, registration.Host.Id);
        if (_effect is not null)
            _effect[id] = null;
        Set(id, Find(id)?.Without(since), registration.Host);
    }

    private CatalogSong? Find(int id) => _unpublished.TryGetValue(id, out var song) ? song : _snapshot.Find(id);

    private void Set(int id, CatalogSong? song, CatalogHost by, bool isLeaving = false)
    {
        var before = Find(id);
        _songBytes += (song?.MemoryBytes ?? 0) - (before?.MemoryBytes ?? 0);
        _unpublished[id] = song;
        // A change to hosts that are not listed affects no page.
        if (song is { HostCount: >= CatalogSong.MaxHostsListed } && before?.IsListedLike(song) == true)
            return;
        var source = new NewsSource(by.Id, by.Voter, by.VoterNetwork);
        if (isLeaving)
            _news.Withdrawn(id, source, before);
        else
            _news.Changed(id, source);
    }

    private SearchIndex Indexed(ReadOnlySpan<(int Id, CatalogSong? Song)> changes)
    {
        foreach (var (id, song) in changes)
        {
            var before = _snapshot.Find(id);
            if (song is null)
                _index.Remove(id);
            else if (before is null || !ReferenceEquals(before.Facts, song.Facts))
                _index.Put(id, _words.TryGetValue(song.Facts, out var words) ? words : SearchDocument.From(song.Facts));
        }

        _words.Clear();
        return _index.Publish();
    }
}
