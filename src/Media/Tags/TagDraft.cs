using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Media.Tags;

internal enum TagField
{
    None,
    Title,
    Artist,
    Album,
    AlbumArtist,
    Track,
    Disc,
    RecordedOn,
    Year,
    ReleasedOn,
    Genre,
    TrackGain,
    TrackPeak,
    AlbumGain,
    AlbumPeak,

    // Intermediate fields, which TagDraft resolves into other fields.
    UserDefined,
    UserAlbumArtist,
}

/// <summary>Merges all tags of a file into the song's tags. The first value offered for a field wins.</summary>
internal sealed class TagDraft(int maxBytes, bool keepsCover = false)
{
    private readonly Dictionary<TagField, string> _texts = [];
    private readonly Dictionary<TagField, uint> _numbers = [];

    // The lists in the tag that is being read. Some programs write several frames instead of one frame with several values.
    private readonly Dictionary<TagField, List<string>> _lists = [];
    private uint _year;

    /// <summary>The best picture in the tags.</summary>
    public CoverDraft Cover { get; } = new(keepsCover);

    /// <summary>The ReplayGain in the tags.</summary>
    public GainDraft Gain { get; } = new();

    /// <summary>Returns true if a field accepts no more values, so later ones need not be read.</summary>
    public bool Has(TagField field) =>
        Gain.Has(field) || _texts.ContainsKey(field) || _numbers.ContainsKey(field)
        || _lists.TryGetValue(field, out var list) && IsFull(list);

    /// <summary>Offers raw text for a field. NUL separates several values.</summary>
    public void Offer(TagField field, string raw)
    {
        switch (field)
        {
            case TagField.Title or TagField.Album:
                OfferText(field, TagText.Values(raw, maxBytes).FirstOrDefault(""));
                break;
            case TagField.UserDefined:
                var end = raw.IndexOf('\0', StringComparison.Ordinal);
                if (end > 0)
                    Offer(Id3v2Frame.FieldOfUserDefined(raw[..end]), raw[(end + 1)..]);
                break;
            case TagField.Artist or TagField.AlbumArtist or TagField.UserAlbumArtist:
                OfferList(field, TagText.Values(raw, maxBytes));
                break;
            case TagField.Genre:
                OfferList(field, Genres.Resolve(raw, maxBytes));
                break;
            case TagField.Track or TagField.Disc:
                OfferNumber(field, TagText.LeadingNumber(raw));
                break;
            case TagField.RecordedOn or TagField.Year or TagField.ReleasedOn:
                OfferNumber(field, TagText.Year(raw));
                break;
            case TagField.TrackGain or TagField.TrackPeak or TagField.AlbumGain or TagField.AlbumPeak:
                Gain.Offer(field, raw);
                break;
        }
    }

    /// <summary>Offers a number for a field, such as track or disc.</summary>
    public void OfferNumber(TagField field, uint number)
    {
        if (number > 0)
            _numbers.TryAdd(field, number);
    }

    /// <summary>
    /// Ends one tag. The values of each list are joined into one string. The recording date takes precedence over the plain year, which
    /// takes precedence over the release date. Each of them takes precedence over the dates of later tags. If there is no album artist
    /// yet, the tag's user-defined one is used.
    /// </summary>
    public void EndTag()
    {
        Gain.EndTag();
        foreach (var (field, values) in _lists)
            OfferText(field, TagText.Clean(string.Join("; ", values), maxBytes));
        _lists.Clear();
        if (_texts.Remove(TagField.UserAlbumArtist, out var albumArtist))
            OfferText(TagField.AlbumArtist, albumArtist);
        var year = Number(TagField.RecordedOn, TagField.Year, TagField.ReleasedOn);
        if (_year == 0)
            _year = year;
        _numbers.Remove(TagField.RecordedOn);
        _numbers.Remove(TagField.Year);
        _numbers.Remove(TagField.ReleasedOn);
    }

    /// <summary>
    /// Returns the tags. A missing title is replaced with <paramref name="fileName"/> without its extension, or with "Untitled" if that
    /// name is empty.
    /// </summary>
    public SongTags Finish(string fileName) => new()
    {
        Title = FirstNonEmpty(Text(TagField.Title), TagText.Clean(Path.GetFileNameWithoutExtension(fileName), maxBytes), "Untitled"),
        Artist = Text(TagField.Artist),
        Album = Text(TagField.Album),
        AlbumArtist = Text(TagField.AlbumArtist),
        Track = Number(TagField.Track),
        Disc = Number(TagField.Disc),
        Year = _year,
        Genre = Text(TagField.Genre),
        Cover = Cover.Hash is { } hash ? UnsafeByteOperations.UnsafeWrap(hash) : ByteString.Empty,
    };

    private void OfferText(TagField field, string text)
    {
        if (text.Length > 0)
            _texts.TryAdd(field, text);
    }

    private void OfferList(TagField field, IEnumerable<string> values)
    {
        if (_texts.ContainsKey(field))
            return;
        if (!_lists.TryGetValue(field, out var list))
            _lists.Add(field, list = []);
        foreach (var value in values)
        {
            if (IsFull(list))
                break;
            if (!list.Contains(value, StringComparer.OrdinalIgnoreCase))
                list.Add(value);
        }
    }

    // Each character needs at least one byte, so no further value would fit.
    private bool IsFull(List<string> list) => list.Sum(value => value.Length) >= maxBytes;

    private string Text(TagField field) => _texts.GetValueOrDefault(field, "");

    private uint Number(params ReadOnlySpan<TagField> fields)
    {
        foreach (var field in fields)
        {
            if (_numbers.TryGetValue(field, out var number))
                return number;
        }

        return 0;
    }

    private static string FirstNonEmpty(params ReadOnlySpan<string> texts)
    {
        foreach (var text in texts)
        {
            if (text.Length > 0)
                return text;
        }

        return "";
    }
}
