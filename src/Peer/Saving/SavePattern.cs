using System.Globalization;
using System.Text;
using TspActors.Protocol;

namespace TspActors.Peer.Saving;

/// <summary>
/// A pattern for the file names of saved songs, for example "{artist}/{album}/{track} {title}". The names are built from the tags of a
/// remote peer's song, and never lead out of the folder.
/// </summary>
internal sealed class SavePattern
{
    private const int MaxLength = 500;
    private const int MaxFolders = 8;

    // Every file gets this extension, so a pattern need not contain it.
    private const string Extension = ".mp3";

    private static readonly Dictionary<string, Func<Song, SongTags, string>> Fields = new(StringComparer.Ordinal)
    {
        ["artist"] = (_, tags) => tags.Artist,
        ["albumartist"] = (_, tags) => tags.AlbumArtist.Length > 0 ? tags.AlbumArtist : tags.Artist,
        ["album"] = (_, tags) => tags.Album,
        ["title"] = (_, tags) => tags.Title,
        ["track"] = (_, tags) => tags.Track == 0 ? "" : tags.Track.ToString("00", CultureInfo.InvariantCulture),
        ["disc"] = (_, tags) => Number(tags.Disc),
        ["year"] = (_, tags) => Number(tags.Year),
        ["genre"] = (_, tags) => tags.Genre,
        ["id"] = (song, _) => song.Id.ToString(CultureInfo.InvariantCulture),
    };

    private readonly IReadOnlyList<IReadOnlyList<Piece>> _names;

    private SavePattern(string text, IReadOnlyList<IReadOnlyList<Piece>> names) => (Text, _names) = (text, names);

    /// <summary>The default pattern: "{artist} - {title}".</summary>
    public static SavePattern Default { get; } = Parse("{artist} - {title}");

    /// <summary>The pattern as the user wrote it.</summary>
    public string Text { get; }

    /// <summary>Parses a pattern.</summary>
    /// <exception cref="FormatException">The text is not a valid pattern. The message tells the user why.</exception>
    public static SavePattern Parse(string text)
    {
        if (text.Length > MaxLength)
            throw new FormatException($"it is longer than {MaxLength} characters");
        var names = text.Split('/');
        if (names.Length - 1 > MaxFolders)
            throw new FormatException($"it has more than {MaxFolders} folders");
        // A name that consists only of dots would refer to the folder itself, or to its parent.
        if (names.Any(name => name.Trim(' ', '.').Length == 0))
            throw new FormatException("a folder name or the file name is empty or consists only of dots");
        if (names[^1].EndsWith(Extension, StringComparison.OrdinalIgnoreCase))
            names[^1] = names[^1][..^Extension.Length];
        return new SavePattern(text, [.. names.Select(ParseName)]);
    }

    /// <summary>Returns the names of the folders below the one where songs are saved, and the file's name without the extension.</summary>
    public (IReadOnlyList<string> Folders, string Name) NamesOf(Song song)
    {
        var names = _names.Select(pieces => SaveName.FromText(Fill(pieces, song), Fallback(pieces))).ToList();
        names[^1] = SaveName.FromText(Fill(_names[^1], song), $"song {song.Id}");
        return (names[..^1], names[^1]);
    }

    private static string Number(uint number) => number == 0 ? "" : number.ToString(CultureInfo.InvariantCulture);

    private static string Fallback(IReadOnlyList<Piece> pieces) =>
        pieces.FirstOrDefault(piece => piece.IsField) is { } field ? $"unknown {field.Text}" : "songs";

    // The text between two fields is left out if either field is empty: "{track} {title}" becomes just the title if there is no track.
    private static string Fill(IReadOnlyList<Piece> pieces, Song song)
    {
        var name = new StringBuilder();
        string? joint = null;
        var isMissing = false;
        foreach (var (piece, index) in pieces.Select((piece, index) => (piece, index)))
        {
            if (!piece.IsField && index == 0)
            {
                name.Append(piece.Text);
            }
            else if (!piece.IsField)
            {
                joint ??= piece.Text;
            }
            else
            {
                var value = Fields[piece.Text](song, song.Tags ?? new SongTags());
                isMissing = value.Length == 0;
                if (isMissing)
                    continue;
                name.Append(name.Length > 0 ? joint : "").Append(value);
                joint = null;
            }
        }

        return name.Append(name.Length > 0 && !isMissing ? joint : "").ToString();
    }

    private static List<Piece> ParseName(string name)
    {
        var pieces = new List<Piece>();
        for (var at = 0; at < name.Length;)
        {
            var isField = name[at] == '{';
            var end = name.IndexOf(isField ? '}' : '{', at);
            if (isField && end < 0)
                throw new FormatException("a { has no }");
            var text = isField ? name[(at + 1)..end].Trim().ToLowerInvariant() : end < 0 ? name[at..] : name[at..end];
            if (isField && !Fields.ContainsKey(text))
                throw new FormatException($"there is no field {{{text}}}; the fields are {string.Join(", ", Fields.Keys.Select(field => $"{{{field}}}"))}");
            if (!isField && text.Contains('}', StringComparison.Ordinal))
                throw new FormatException("a } has no {");
            pieces.Add(new Piece(text, isField));
            at = isField ? end + 1 : end < 0 ? name.Length : end;
        }

        return pieces;
    }

    private sealed record Piece(string Text, bool IsField);
}
