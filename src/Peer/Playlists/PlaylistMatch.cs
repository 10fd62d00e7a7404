using TspActors.Protocol;

namespace TspActors.Peer.Playlists;

/// <summary>Finds a playlist's songs in a catalog, without ever choosing the wrong one.</summary>
/// <remarks>
/// If there is a content hash, it alone decides. An id counts only if the name also matches, because another tracker may have assigned the
/// id to a different song. A name alone counts only if exactly one song has it.
/// </remarks>
/// <param name="entries">The playlist.</param>
internal sealed class PlaylistMatch(IReadOnlyList<PlaylistEntry> entries)
{
    private readonly Dictionary<ContentHash, Song?> _byHash =
        entries.Where(entry => !entry.Hash.IsEmpty).Select(entry => entry.Hash).Distinct().ToDictionary(hash => hash, _ => (Song?)null);

    private readonly Dictionary<int, Song?> _byId =
        entries.Where(IsById).Select(entry => entry.Id).Distinct().ToDictionary(id => id, _ => (Song?)null);

    private readonly Dictionary<string, (Song? Song, bool IsAmbiguous)> _byName =
        entries.Where(IsByName).Select(entry => Key(entry.Name)).Distinct().ToDictionary(key => key, _ => ((Song?)null, false));

    private int _open = entries.Where(entry => !entry.Hash.IsEmpty).Select(entry => entry.Hash).Distinct().Count();

    /// <summary>The ids that the entries name, in ascending order.</summary>
    public IEnumerable<int> Ids => entries.Where(entry => entry.Id > 0).Select(entry => entry.Id).Distinct().Order();

    /// <summary>
    /// Whether more songs from the catalog could change the result. A match by name is never final, because there may be a second song with
    /// the same name.
    /// </summary>
    public bool IsOpen => _byName.Count > 0 || _open > 0;

    /// <summary>Considers a song from the catalog.</summary>
    public void Add(Song song)
    {
        if (song.ContentHash.Length == ContentHash.Size && new ContentHash(song.ContentHash.Span) is var hash
            && _byHash.TryGetValue(hash, out var earlier))
        {
            _open -= earlier is null ? 1 : 0;
            _byHash[hash] = song;
        }

        if (_byId.ContainsKey(song.Id))
            _byId[song.Id] = song;
        if (_byName.Count > 0 && _byName.TryGetValue(Key(song), out var found))
            _byName[Key(song)] = (song, found.IsAmbiguous || (found.Song is not null && found.Song.Id != song.Id));
    }

    /// <summary>Returns the song for each entry; null if it is not in the catalog, or if it is unclear which song is meant.</summary>
    public IReadOnlyList<Song?> Result() => [.. entries.Select(Find)];

    private static bool IsById(PlaylistEntry entry) => entry.Hash.IsEmpty && entry.Id > 0;

    private static bool IsByName(PlaylistEntry entry) => entry.Hash.IsEmpty && entry.Id == 0 && entry.Name.Length > 0;

    private static string Key(Song song) => Key(PlaylistEntry.From(song).Name);

    // Case, the kind of dash and double spaces differ between programs.
    private static string Key(string name) => string.Join(
        ' ', name.Replace('–', '-').Replace('—', '-').ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    // Some programs write the title without the artist.
    private static bool IsCalled(Song song, string name) =>
        name.Length == 0 || Key(name) == Key(song) || Key(name) == Key(song.Tags?.Title ?? "");

    private Song? Find(PlaylistEntry entry)
    {
        if (!entry.Hash.IsEmpty)
            return _byHash[entry.Hash];
        if (entry.Id > 0)
            return _byId[entry.Id] is { } song && IsCalled(song, entry.Name) ? song : null;
        return entry.Name.Length > 0 && _byName[Key(entry.Name)] is { IsAmbiguous: false } named ? named.Song : null;
    }
}
