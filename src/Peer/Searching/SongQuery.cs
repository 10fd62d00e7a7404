using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using TspActors.Peer.Terminal;
using TspActors.Protocol;
using TspActors.Protocol.Search;

namespace TspActors.Peer.Searching;

/// <summary>
/// A user's search: words, which the tracker looks for, and conditions such as <c>artist:björk</c>, <c>year:1990-1999</c> or
/// <c>bitrate:&gt;=256</c>, which this peer checks. <c>sort:FIELD</c> sets the order.
/// </summary>
/// <remarks>Only the names of known fields are special, because titles may also contain colons.</remarks>
internal sealed partial class SongQuery
{
    private readonly IReadOnlyList<Func<Song, bool>> _conditions;

    private SongQuery(string words, IReadOnlyList<Func<Song, bool>> conditions, SongOrder? order)
    {
        Words = words;
        _conditions = conditions;
        Order = order;
    }

    /// <summary>The words for the tracker. They match every song in the result, and perhaps others.</summary>
    public string Words { get; }

    /// <summary>The order that the user has asked for; null = best match first.</summary>
    public SongOrder? Order { get; }

    /// <summary>True if the tracker's result needs neither filtering nor sorting.</summary>
    public bool IsPlain => _conditions.Count == 0 && Order is null;

    /// <summary>Parses the user's input.</summary>
    /// <exception cref="CommandException">A condition has no value, or an invalid one.</exception>
    public static SongQuery Parse(string text)
    {
        var words = new List<string>();
        var conditions = new List<Func<Song, bool>>();
        SongOrder? order = null;
        var at = 0;
        foreach (Match match in Field().Matches(text))
        {
            words.Add(text[at..match.Index]);
            at = match.Index + match.Length;
            var name = match.Groups["name"].Value.ToLowerInvariant();
            var value = match.Groups["value"].Value.Trim('"').Trim();
            if (value.Length == 0)
                throw new CommandException($"\"{name}:\" needs a value right after the colon, {Example(name)}");
            switch (name)
            {
                case "sort":
                    order = SongOrder.Parse(value);
                    break;
                case "year":
                    conditions.Add(NumberRange.Parse(name, value, 9999).Holds(song => song.Tags?.Year ?? 0));
                    break;
                case "bitrate":
                    conditions.Add(NumberRange.Parse(name, value, 9999).Holds(song => ((song.Format?.BitrateBps ?? 0) + 500) / 1000));
                    break;
                default:
                    conditions.Add(new WordCondition(name, value).IsMet);
                    // The tracker searches these fields, too, so it can leave out the songs that do not match.
                    if (name is "title" or "artist" or "album")
                        words.Add(value);
                    break;
            }
        }

        words.Add(text[at..]);
        // Without conditions, the text stays exactly as typed, even if it is "!!!" or contains two spaces in a row.
        var query = at == 0 ? text : string.Join(' ', words.Select(word => word.Trim()).Where(word => word.Length > 0));
        return new SongQuery(query, conditions, order);
    }

    /// <summary>Returns whether the song meets all conditions. The tracker matches the words.</summary>
    public bool Matches(Song song) => _conditions.All(condition => condition(song));

    [GeneratedRegex(
        """(?<=^|\s)(?<name>title|artist|album|genre|peer|year|bitrate|sort):(?<value>"[^"]*"?|\S*)""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Field();

    private static string Example(string name) => name switch
    {
        "sort" => $"such as sort:title; {SongOrder.Choices}",
        "year" => "such as year:1999 or year:1990-1999",
        "bitrate" => "such as bitrate:>=256 (in kbit/s)",
        _ => $"such as {name}:word or {name}:\"two words\"",
    };

    // Each word of the value must be the start of a word in the field. In scripts without spaces, it may be anywhere in the field.
    private sealed class WordCondition(string field, string value)
    {
        private readonly string[] _words = SearchText.Fold(value).Split(' ', StringSplitOptions.RemoveEmptyEntries);

        public bool IsMet(Song song) => field switch
        {
            "title" => IsIn(song.Tags?.Title),
            "artist" => IsIn(song.Tags?.Artist) || IsIn(song.Tags?.AlbumArtist),
            "album" => IsIn(song.Tags?.Album),
            "genre" => IsIn(song.Tags?.Genre),
            _ => song.Hosts.Any(host => IsIn(host.Name) || IsId(host)),
        };

        private bool IsIn(string? text)
        {
            var folded = SearchText.Fold(text ?? "");
            return _words.All(word => folded.Contains(IsSpaceless(word) ? word : ' ' + word, StringComparison.Ordinal));
        }

        private static bool IsSpaceless(string word) =>
            Rune.DecodeFromUtf16(word, out var first, out _) == OperationStatus.Done && SearchText.IsSpaceless(first);

        // A peer can also be named by its id, because two peers may have the same name.
        private bool IsId(Host host) =>
            value.Length >= 8 && Convert.ToHexStringLower(host.PeerId.Span).StartsWith(value, StringComparison.OrdinalIgnoreCase);
    }
}
