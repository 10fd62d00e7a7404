using TspActors.Peer.Terminal;
using TspActors.Protocol;
using TspActors.Protocol.Search;

namespace TspActors.Peer.Searching;

/// <summary>A sort order for songs. Songs that compare as equal are in the order of <see cref="OfAlbums"/>.</summary>
internal sealed class SongOrder
{
    private static readonly (string Name, Func<Song, Key> Key)[] Fields =
    [
        ("id", song => new Key("", song.Id)),
        ("title", song => new Key(Fold(song.Tags?.Title))),
        ("artist", song => new Key(Fold(song.Tags?.Artist))),
        ("album", song => new Key(Fold(song.Tags?.Album))),
        ("year", song => new Key("", song.Tags?.Year ?? 0)),
        ("track", song => new Key("", ((long)(song.Tags?.Disc ?? 0) << 32) + (song.Tags?.Track ?? 0))),
        ("genre", song => new Key(Fold(song.Tags?.Genre))),
        ("time", song => new Key("", song.Format?.DurationMs ?? 0)),
        ("bitrate", song => new Key("", song.Format?.BitrateBps ?? 0)),
        ("hosts", song => new Key("", song.Hosts.Count)),
    ];

    private readonly Func<Song, Key>? _key;
    private readonly bool _isDescending;

    private SongOrder(Func<Song, Key>? key, bool isFalling) => (_key, _isDescending) = (key, isFalling);

    /// <summary>
    /// The order in which albums play: an artist's songs by year and album, and an album's songs by disc and track.
    /// </summary>
    public static SongOrder OfAlbums { get; } = new(null, isFalling: false);

    /// <summary>The fields that songs can be sorted by, as a message for users.</summary>
    public static string Choices => $"songs can be sorted by {string.Join(", ", Fields.Select(known => known.Name))}; sort:-NAME reverses the order";

    /// <summary>Parses the name of a field. A minus sign before the name puts the largest value first.</summary>
    /// <exception cref="CommandException">There is no such field.</exception>
    public static SongOrder Parse(string text)
    {
        var isFalling = text.StartsWith('-');
        var name = text.TrimStart('-').ToLowerInvariant();
        var field = Fields.FirstOrDefault(known => known.Name == name);
        return field.Key is { } key ? new SongOrder(key, isFalling) : throw new CommandException(
            $"there is no order \"{SafeText.Clean(text)}\"; {Choices}");
    }

    /// <summary>Returns the songs in this order.</summary>
    public IReadOnlyList<Song> Sort(IEnumerable<Song> songs)
    {
        var keyed = songs.Select(song => (Song: song, Key: _key?.Invoke(song) ?? default, Place: AlbumPlace.Of(song))).ToArray();
        Array.Sort(keyed, (one, other) =>
        {
            // In both directions, songs without the field come last.
            var order = one.Key.IsUnknown.CompareTo(other.Key.IsUnknown);
            if (order == 0)
                order = _isDescending ? other.Key.CompareTo(one.Key) : one.Key.CompareTo(other.Key);
            return order != 0 ? order : one.Place.CompareTo(other.Place);
        });
        return [.. keyed.Select(entry => entry.Song)];
    }

    private static string Fold(string? text) => SearchText.Fold(text ?? "");

    // A string or a number. The empty string is greater than all other strings.
    private readonly record struct Key(string Text, long Number = 0) : IComparable<Key>
    {
        public bool IsUnknown => string.IsNullOrEmpty(Text) && Number == 0;

        public int CompareTo(Key other)
        {
            var empty = string.IsNullOrEmpty(Text).CompareTo(string.IsNullOrEmpty(other.Text));
            if (empty != 0)
                return empty;
            var order = string.CompareOrdinal(Text, other.Text);
            return order != 0 ? order : Number.CompareTo(other.Number);
        }
    }

    private readonly record struct AlbumPlace(Key Artist, uint Year, Key Album, uint Disc, uint Track, int Id) : IComparable<AlbumPlace>
    {
        public static AlbumPlace Of(Song song)
        {
            var tags = song.Tags ?? new SongTags();
            var artist = tags.AlbumArtist.Length > 0 ? tags.AlbumArtist : tags.Artist;
            return new(new Key(Fold(artist)), tags.Year, new Key(Fold(tags.Album)), tags.Disc, tags.Track, song.Id);
        }

        public int CompareTo(AlbumPlace other)
        {
            var order = Artist.CompareTo(other.Artist);
            order = order != 0 ? order : Year.CompareTo(other.Year);
            order = order != 0 ? order : Album.CompareTo(other.Album);
            order = order != 0 ? order : Disc.CompareTo(other.Disc);
            order = order != 0 ? order : Track.CompareTo(other.Track);
            return order != 0 ? order : Id.CompareTo(other.Id);
        }
    }
}
