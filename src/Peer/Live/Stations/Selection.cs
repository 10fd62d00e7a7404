using System.Globalization;
using TspActors.Media.Folders;
using TspActors.Media.Library;
using TspActors.Peer.Library;
using TspActors.Protocol.Search;

namespace TspActors.Peer.Live.Stations;

/// <summary>
/// The choice of songs that a station plays: the songs in a folder or a playlist file, the songs with certain ids, the songs that match a
/// search, or all songs.
/// </summary>
/// <param name="text">The selection as written in the settings.</param>
/// <param name="roots">The music folders, against which relative paths are resolved.</param>
internal sealed class Selection(string text, IReadOnlyList<MusicRoot> roots)
{
    private static readonly StringComparer PathOrder =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    private readonly string _text = text.Trim();

    /// <summary>
    /// Returns the songs in the order of the playlist or the ids, or otherwise in path order. Reads from the disk.
    /// </summary>
    /// <exception cref="IOException">The playlist cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no permission to read the playlist.</exception>
    public IReadOnlyList<OwnSong> SelectFrom(OwnSongs songs)
    {
        var playable = songs.ByHash.Values.Where(song => song.File.PayloadLength > 0);
        if (_text.Length == 0)
            return InOrder(playable);
        if (TryParseIds(out var ids))
            return [.. ids.Distinct().Select(songs.Find).OfType<OwnSong>().Where(song => song.File.PayloadLength > 0)];
        if (PlaylistFile.IsNamed(_text))
            return InPlaylist(playable);
        var folders = Folders();
        if (folders.Count > 0)
            return InOrder(playable.Where(song => folders.Any(folder => MusicRoot.IsUnder(song.File.Path, folder))));
        var words = SearchText.Fold(_text).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return InOrder(playable.Where(song => Matches(song, words)));
    }

    /// <summary>Returns a stamp that changes with the playlist file; default for other selections. Reads from the disk.</summary>
    public FileStat PlaylistStamp()
    {
        if (!PlaylistFile.IsNamed(_text))
            return default;
        try
        {
            return CandidatePaths().Select(FileStat.Read).FirstOrDefault(stat => stat is not null) ?? default;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    private static IReadOnlyList<OwnSong> InOrder(IEnumerable<OwnSong> songs) => [.. songs.OrderBy(song => song.File.Path, PathOrder)];

    private static bool Matches(OwnSong song, string[] words)
    {
        var tags = song.File.Tags;
        var text = SearchText.Fold(tags.Title) + SearchText.Fold(tags.Artist) + SearchText.Fold(tags.Album);
        return words.Length > 0 && words.All(word => text.Contains(' ' + word, StringComparison.Ordinal));
    }

    private IReadOnlyList<OwnSong> InPlaylist(IEnumerable<OwnSong> songs)
    {
        if (CandidatePaths().FirstOrDefault(File.Exists) is not { } path)
            return [];
        var byPath = new Dictionary<string, OwnSong>(PathOrder);
        foreach (var song in songs)
            byPath.TryAdd(song.File.Path, song);
        return [.. PlaylistFile.Read(path).Select(byPath.GetValueOrDefault).OfType<OwnSong>().Distinct()];
    }

    // Numbers and nothing else: "12, 15 17".
    private bool TryParseIds(out IReadOnlyList<int> ids)
    {
        var found = new List<int>();
        ids = found;
        foreach (var part in _text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                return false;
            found.Add(id);
        }

        return found.Count > 0;
    }

    // Text that ends with a separator names a folder even if the folder is missing, so that it is never mistaken for a search.
    private IReadOnlyList<string> Folders()
    {
        var isFolder = _text[^1] is '/' or '\\';
        var named = roots.Where(root => root.Name.Length > 0 && root.Name == _text.TrimEnd('/', '\\')).Select(root => root.Path);
        return [.. named, .. CandidatePaths().Where(path => isFolder || Directory.Exists(path)).Select(Path.TrimEndingDirectorySeparator)];
    }

    // The paths that the text could refer to: the text itself if it is an absolute path, otherwise the text as a path in each music folder.
    private IEnumerable<string> CandidatePaths()
    {
        if (_text.Contains('\0', StringComparison.Ordinal))
            return [];
        return Path.IsPathFullyQualified(_text)
            ? [Path.GetFullPath(_text)]
            : roots.Select(root => Path.GetFullPath(_text, root.Path));
    }
}
