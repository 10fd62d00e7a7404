using System.Collections.Immutable;
using System.Text;
using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>Who hosts what: the one mutable place, written by the TrackerActor alone. Everyone else reads its snapshots.</summary>
internal sealed class SongRegistry(int maxSongsPerPeer)
{
    private const int MaxTagBytes = 1024;

    private readonly SongIds _ids = new();
    private readonly Dictionary<int, List<Copy>> _copies = [];
    private readonly Dictionary<PeerId, Registration> _peers = [];
    private readonly HashSet<int> _unpublished = [];
    private readonly HashSet<int> _untold = [];
    private CatalogSnapshot _snapshot = CatalogSnapshot.Empty;
    private ImmutableDictionary<PeerId, HostLoad> _loads = CatalogSnapshot.Empty.Loads;
    private ulong _toldVersion = CatalogSnapshot.Empty.Version;

    /// <summary>True when something changed that <see cref="TakeDelta"/> has not told yet.</summary>
    public bool HasNews => _untold.Count > 0;

    /// <summary>A host's songs, and how many it has.</summary>
    public int CountOf(PeerId peer) => _peers.TryGetValue(peer, out var registration) ? registration.Songs.Count : 0;

    /// <summary>Admits a host; it has no songs yet, and those of an earlier connection of the same peer are gone.</summary>
    public void Join(CatalogHost host)
    {
        Leave(host.Id);
        _peers.Add(host.Id, new Registration(host));
    }

    /// <summary>Takes a frame of a share: a part of everything the host has, or what it added and removed.</summary>
    /// <returns>An id, or a refusal, for each song added, in the order of the ids offered first.</returns>
    public IReadOnlyList<AssignedSong> Apply(PeerId peer, Share share)
    {
        if (!_peers.TryGetValue(peer, out var registration))
            return [];
        if (share.Load is not null)
            _loads = _loads.SetItem(peer, share.Load);
        if (share.Complete)
            registration.SeenInSnapshot ??= [];

        // A song that one frame both removes and adds is hosted: what is there counts.
        foreach (var removed in share.Removed)
        {
            if (registration.Songs.Remove(new ContentHash(removed.Span), out var id))
                RemoveCopy(id, registration.Host);
        }

        var assigned = new List<AssignedSong>(share.Added.Count);
        // Ids that are remembered come before new ones, so that a new song never takes the id of one in the same frame.
        foreach (var song in share.Added.OrderBy(song => song.LastId == 0))
            assigned.Add(Add(registration, song));
        if (share is { Complete: true, Last: true } && registration.SeenInSnapshot is { } seen)
        {
            foreach (var (hash, id) in registration.Songs.Where(song => !seen.Contains(song.Key)).ToList())
            {
                registration.Songs.Remove(hash);
                RemoveCopy(id, registration.Host);
            }

            registration.SeenInSnapshot = null;
        }

        return assigned;
    }

    /// <summary>A host is gone, and its songs with it.</summary>
    public void Leave(PeerId peer)
    {
        if (!_peers.Remove(peer, out var registration))
            return;
        foreach (var id in registration.Songs.Values)
            RemoveCopy(id, registration.Host);
        _loads = _loads.Remove(peer);
    }

    /// <summary>The catalog as it is now.</summary>
    public CatalogSnapshot Publish()
    {
        var changes = _unpublished.ToDictionary(id => id, Describe);
        _unpublished.Clear();
        if (changes.Count > 0 || !ReferenceEquals(_loads, _snapshot.Loads))
            _snapshot = _snapshot.With(changes, _loads);
        return _snapshot;
    }

    /// <summary>What changed since the last call, as it is in the published snapshot.</summary>
    public (ulong From, ulong To, IReadOnlyList<CatalogSong> Changed, IReadOnlyList<int> Removed) TakeDelta()
    {
        var changed = new List<CatalogSong>();
        var removed = new List<int>();
        foreach (var id in _untold.Order())
        {
            if (_snapshot.Find(id) is { } song)
                changed.Add(song);
            else
                removed.Add(id);
        }

        _untold.Clear();
        var from = _toldVersion;
        _toldVersion = _snapshot.Version;
        return (from, _toldVersion, changed, removed);
    }

    private AssignedSong Add(Registration registration, SharedSong song)
    {
        var assigned = new AssignedSong { ContentHash = song.ContentHash };
        var hash = new ContentHash(song.ContentHash.Span);
        if (Refusal(registration, hash, song) is { } refusal)
        {
            assigned.Refusal = refusal;
            return assigned;
        }

        assigned.Id = _ids.IdOf(hash, song.LastId);
        // What was offered is of no use any more, and two shares of a song that differ in it alone are the same.
        song.LastId = 0;
        registration.Songs[hash] = assigned.Id;
        registration.SeenInSnapshot?.Add(hash);
        if (!_copies.TryGetValue(assigned.Id, out var copies))
            _copies[assigned.Id] = copies = [];
        var copy = new Copy(registration.Host, song);
        var index = copies.FindIndex(other => other.Host.Id == registration.Host.Id);
        if (index < 0)
            copies.Add(copy);
        else if (copies[index].Song.Equals(song))
            return assigned;
        else
            copies[index] = copy;
        Touch(assigned.Id);
        return assigned;
    }

    private string? Refusal(Registration registration, ContentHash hash, SharedSong song)
    {
        if (registration.Host.Port == 0)
            return "this peer listens on no port, so nobody could play it";
        if (string.IsNullOrWhiteSpace(song.Tags?.Title))
            return "it has no title";
        if (Longest(song.Tags) > MaxTagBytes)
            return $"a tag is longer than {MaxTagBytes} bytes";
        if (!song.Live && (song.Format?.PayloadBytes ?? 0) == 0)
            return "it is empty";
        return registration.IsFull(hash, maxSongsPerPeer)
            ? $"this tracker takes at most {maxSongsPerPeer} songs of one peer"
            : null;
    }

    private static int Longest(SongTags tags) =>
        new[] { tags.Title, tags.Artist, tags.Album, tags.AlbumArtist, tags.Genre }.Max(Encoding.UTF8.GetByteCount);

    private void RemoveCopy(int id, CatalogHost host)
    {
        if (!_copies.TryGetValue(id, out var copies) || copies.RemoveAll(copy => copy.Host.Id == host.Id) == 0)
            return;
        if (copies.Count == 0)
            _copies.Remove(id);
        Touch(id);
    }

    private void Touch(int id)
    {
        _unpublished.Add(id);
        _untold.Add(id);
    }

    // The tags shown are those of the host that has shared the song the longest.
    private CatalogSong? Describe(int id) =>
        _copies.TryGetValue(id, out var copies) ? new CatalogSong(id, copies[0].Song, [.. copies.Select(copy => copy.Host)]) : null;

    private sealed record Copy(CatalogHost Host, SharedSong Song);

    private sealed record Registration(CatalogHost Host)
    {
        public Dictionary<ContentHash, int> Songs { get; } = [];

        /// <summary>While a complete share comes in frames: what it named so far.</summary>
        public HashSet<ContentHash>? SeenInSnapshot { get; set; }

        /// <summary>True when <paramref name="hash"/> would be one too many. What a complete share does not name goes at its end, so it does not count meanwhile.</summary>
        public bool IsFull(ContentHash hash, int max) => SeenInSnapshot is { } seen
            ? seen.Count >= max && !seen.Contains(hash)
            : Songs.Count >= max && !Songs.ContainsKey(hash);
    }
}
