using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>A song in the library's tables. Only the library reads and changes it, under its lock.</summary>
/// <param name="tables">The tables.</param>
/// <param name="ordinal">Its place in the order in which songs were first seen.</param>
internal readonly struct SongEntry(LibraryTables tables, int ordinal) : IEquatable<SongEntry>
{
    /// <summary>Its place in the order in which songs were first seen.</summary>
    public int Ordinal => ordinal;

    /// <summary>The song's row in the table.</summary>
    public ref SongRow Row => ref tables.Songs[ordinal];

    public ContentHash Hash => Row.Hash;

    public string Title => Row.Title;

    public ushort Track => Row.Track;

    public ushort Disc => Row.Disc;

    /// <summary>The song id, which the tracker assigned; 0 = no host has the song.</summary>
    public int TrackerId => Row.TrackerId;

    /// <summary>Whether lists show the song.</summary>
    public bool IsShown => Row.IsShown;

    /// <summary>The artist of the track.</summary>
    public ArtistNode Artist => tables.Artists[Row.Artist];

    /// <summary>The album that the song is on.</summary>
    public AlbumNode Album => tables.Albums[Row.Album];

    /// <summary>The album artist as tagged; null = none.</summary>
    public ArtistNode? TaggedAlbumArtist => Row.TaggedAlbumArtist < 0 ? null : tables.Artists[Row.TaggedAlbumArtist];

    public GenreNode? Genre => Row.Genre < 0 ? null : tables.Genres[Row.Genre];

    /// <summary>The SHA-256 of the cover; null = none.</summary>
    public ContentHash? Cover => tables.Covers.HashOf(Row.Cover);

    /// <summary>Sets whether lists show the song, unless they show another encoding in its place.</summary>
    public void SetListed(bool isListed) => tables.Songs.SetListed(ordinal, isListed);

    /// <summary>Sets whether lists show another encoding in place of the song.</summary>
    public void SetHidden(bool isHidden) => tables.Songs.SetHidden(ordinal, isHidden);

    /// <summary>Returns the song as clients see it.</summary>
    public LibrarySong ToSong()
    {
        ref var row = ref Row;
        var (artist, album) = (Artist, Album);
        return new LibrarySong
        {
            Hash = row.Hash,
            Id = LibraryIds.OfSong(row.Hash),
            TrackerId = row.TrackerId,
            Title = row.Title,
            Artist = artist.Name,
            ArtistId = artist.Id,
            Album = album.Name,
            AlbumId = album.Id,
            AlbumArtist = album.Artist.Name,
            AlbumArtistId = album.Artist.Id,
            Track = row.Track,
            Disc = row.Disc,
            Year = row.Year,
            Genre = Genre?.Name ?? "",
            DurationMs = row.DurationMs,
            BitrateBps = row.BitrateBps,
            IsVbr = row.IsVbr,
            SampleRateHz = row.SampleRateHz,
            Channels = row.Channels,
            Size = row.Size,
            Created = DateTimeOffset.FromUnixTimeSeconds(row.FirstSeen),
            HostCount = row.Hosts,
            Cover = Cover,
            Gain = row.Gain,
        };
    }

    /// <inheritdoc/>
    public bool Equals(SongEntry other) => Ordinal == other.Ordinal;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SongEntry other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ordinal;

    public static bool operator ==(SongEntry left, SongEntry right) => left.Equals(right);

    public static bool operator !=(SongEntry left, SongEntry right) => !left.Equals(right);
}

/// <summary>The songs of an artist, album or genre, in the order in which they were added.</summary>
/// <remarks>
/// A value of this type represents the list as it was when the value was created. Nothing may be added or removed while it is being read.
/// </remarks>
internal readonly struct SongList(LibraryTables tables, IntList ordinals) : IReadOnlyList<SongEntry>
{
    /// <inheritdoc/>
    public int Count => ordinals.Count;

    /// <inheritdoc/>
    public SongEntry this[int index] => new(tables, tables.Lists.Items(ordinals)[index]);

    /// <inheritdoc/>
    public IEnumerator<SongEntry> GetEnumerator()
    {
        for (var at = 0; at < ordinals.Count; at++)
            yield return this[at];
    }

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}
