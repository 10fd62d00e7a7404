using System.Diagnostics.CodeAnalysis;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>
/// The songs that the tracker's replies have named, up to a maximum number and size. The least recently used song is dropped first. The
/// known songs supply the hosts of a song while no tracker is connected, and titles for completion.
/// </summary>
/// <remarks>The songs may be out of date: a host may have left, or the tracker may have assigned the id to a different song.</remarks>
/// <param name="mostSongs">The maximum number of songs.</param>
/// <param name="mostBytes">The maximum estimated memory of the songs, in bytes.</param>
internal sealed class KnownSongs(int mostSongs, long mostBytes)
{
    private const long BytesPerSong = 4096;

    private readonly Dictionary<int, LinkedListNode<Entry>> _byId = new(SongIdComparer.Instance);

    // The most recently used song comes first.
    private readonly LinkedList<Entry> _byUse = new();
    private long _bytes;

    /// <summary>
    /// Creates the collection for a peer with these settings. A song with two hosts needs 0.8 KB; only a malicious tracker names songs that
    /// are much larger.
    /// </summary>
    public static KnownSongs Create(LinkSettings settings) =>
        new(settings.KnownSongs, Math.Min(settings.Catalog.CopyBytes, settings.KnownSongs * BytesPerSong));

    /// <summary>The number of songs.</summary>
    public int Count => _byId.Count;

    /// <summary>Adds the songs in a reply.</summary>
    public void Add(IEnumerable<Song> songs)
    {
        foreach (var song in songs)
        {
            if (song.Id <= 0)
                continue;
            if (!_byId.TryGetValue(song.Id, out var node))
            {
                Insert(song, isUsed: true);
            }
            else
            {
                Replace(node, song);
                Use(node);
            }

            Trim();
        }
    }

    /// <summary>Updates the known songs, and adds others as long as no known song has to be dropped.</summary>
    public void AddWhereRoom(IEnumerable<Song> songs)
    {
        foreach (var song in songs)
        {
            if (song.Id <= 0)
                continue;
            if (_byId.TryGetValue(song.Id, out var node))
                Replace(node, song);
            else if (_byId.Count < mostSongs && _bytes + CatalogBounds.Weigh(song) <= mostBytes)
                Insert(song, isUsed: false);
        }

        Trim();
    }

    /// <summary>Applies a broadcast to the known songs.</summary>
    public void Apply(CatalogDelta delta)
    {
        foreach (var song in delta.Changed)
        {
            if (_byId.TryGetValue(song.Id, out var node))
                Replace(node, song);
        }

        foreach (var id in delta.Removed)
            Remove(id);
        Trim();
    }

    /// <summary>Finds a song by its id.</summary>
    public bool TryFind(int id, [NotNullWhen(true)] out Song? song)
    {
        song = null;
        if (!_byId.TryGetValue(id, out var node))
            return false;
        Use(node);
        song = node.Value.Song;
        return true;
    }

    /// <summary>
    /// Returns at most <paramref name="most"/> titles that begin with the given text, ignoring case, sorted and without duplicates.
    /// </summary>
    public IReadOnlyList<string> FindTitles(string beginning, int most)
    {
        var titles = new SortedSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in _byUse)
        {
            if (entry.Song.Tags?.Title is not { } title || !title.StartsWith(beginning, StringComparison.OrdinalIgnoreCase))
                continue;
            titles.Add(title);
            if (titles.Count > most)
                titles.Remove(titles.Max!);
        }

        return [.. titles];
    }

    private void Insert(Song song, bool isUsed)
    {
        var entry = new Entry(song, CatalogBounds.Weigh(song));
        _byId[song.Id] = isUsed ? _byUse.AddFirst(entry) : _byUse.AddLast(entry);
        _bytes += entry.Bytes;
    }

    private void Replace(LinkedListNode<Entry> node, Song song)
    {
        var merged = WithKnownFields(song, node.Value.Song);
        _bytes -= node.Value.Bytes;
        node.Value = new Entry(merged, CatalogBounds.Weigh(merged));
        _bytes += node.Value.Bytes;
    }

    private void Trim()
    {
        while (_byId.Count > mostSongs || _bytes > mostBytes)
            Remove(_byUse.Last!.Value.Song.Id);
    }

    private void Remove(int id)
    {
        if (!_byId.Remove(id, out var node))
            return;
        _bytes -= node.Value.Bytes;
        _byUse.Remove(node);
    }

    private void Use(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _byUse.AddFirst(node);
    }

    // The protocol allows a list to leave out a song's tags and format.
    private static Song WithKnownFields(Song song, Song known)
    {
        var lacksFormat = song.Format is not { PayloadBytes: > 0 } && known.Format is not null;
        var lacksTags = song.Tags is null && known.Tags is not null;
        if ((!lacksFormat && !lacksTags) || song.Live || !song.ContentHash.Span.SequenceEqual(known.ContentHash.Span))
            return song;
        var merged = song.Clone();
        if (lacksFormat)
            merged.Format = known.Format;
        if (lacksTags)
            merged.Tags = known.Tags;
        return merged;
    }

    private readonly record struct Entry(Song Song, long Bytes);
}
