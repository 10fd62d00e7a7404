using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>A song in the library's tables. Only the library changes it, under its lock.</summary>
/// <remarks>
/// There is one for each song of the swarm, so it is small: names are shared nodes, and strings are shared with the catalog unless they
/// need cleaning.
/// </remarks>
internal sealed class SongEntry(ContentHash hash, int ordinal, uint firstSeen)
{
    /// <summary>The content hash.</summary>
    public ContentHash Hash { get; } = hash;

    /// <summary>The position in the order in which songs were first seen.</summary>
    public int Ordinal { get; set; } = ordinal;

    /// <summary>When this peer first saw the song, in Unix seconds.</summary>
    public uint FirstSeen { get; } = firstSeen;

    /// <summary>The tracker's id; 0 = no host has the song.</summary>
    public int TrackerId { get; set; }

    /// <summary>When the song's last host left, in Unix seconds; 0 = a host has the song.</summary>
    public uint AwaySince { get; set; }

    public string Title { get; set; } = "";

    /// <summary>The artist of the track.</summary>
    public ArtistNode Artist { get; set; } = null!;

    /// <summary>The album that the song is on.</summary>
    public AlbumNode Album { get; set; } = null!;

    /// <summary>The artist of the album as tagged; null = none.</summary>
    public ArtistNode? TaggedAlbumArtist { get; set; }

    /// <summary>The name of the album as tagged; empty = none.</summary>
    public string AlbumName { get; set; } = "";

    public GenreNode? Genre { get; set; }

    /// <summary>SHA-256 of the cover, shared by all songs that have it; null = none.</summary>
    public CoverNode? Cover { get; set; }

    public long Size { get; set; }

    public int DurationMs { get; set; }

    public int BitrateBps { get; set; }

    public int SampleRateHz { get; set; }

    public ushort Track { get; set; }

    public ushort Disc { get; set; }

    public ushort Year { get; set; }

    public ushort Hosts { get; set; }

    public byte Channels { get; set; }

    public SongLoudness Loudness { get; set; }

    public bool IsVbr { get; set; }

    /// <summary>Whether the song has a host, or lost its last one a short time ago.</summary>
    public bool IsListed { get; set; }

    /// <summary>Whether another encoding of the same track is shown in its place.</summary>
    public bool IsHidden { get; set; }

    /// <summary>Whether the counts of its artist and genre include the song.</summary>
    public bool IsCounted { get; set; }

    /// <summary>The last listing of the catalog that named the song.</summary>
    public int Listing { get; set; }

    /// <summary>Whether lists show the song.</summary>
    public bool IsShown => IsListed && !IsHidden;

    /// <summary>Returns the song as clients see it.</summary>
    public LibrarySong ToSong() => new()
    {
        Hash = Hash,
        Id = LibraryIds.OfSong(Hash),
        TrackerId = TrackerId,
        Title = Title,
        Artist = Artist.Name,
        ArtistId = Artist.Id,
        Album = Album.Name,
        AlbumId = Album.Id,
        AlbumArtist = Album.Artist.Name,
        AlbumArtistId = Album.Artist.Id,
        Track = Track,
        Disc = Disc,
        Year = Year,
        Genre = Genre?.Name ?? "",
        DurationMs = DurationMs,
        BitrateBps = BitrateBps,
        IsVbr = IsVbr,
        SampleRateHz = SampleRateHz,
        Channels = Channels,
        Size = Size,
        Created = DateTimeOffset.FromUnixTimeSeconds(FirstSeen),
        HostCount = Hosts,
        Cover = Cover?.Hash,
        Gain = Loudness.Values,
    };
}

/// <summary>A cover that songs have.</summary>
internal sealed class CoverNode(ContentHash hash)
{
    /// <summary>The SHA-256 of the picture.</summary>
    public ContentHash Hash => hash;

    /// <summary>The number of songs with this cover.</summary>
    public int Songs { get; set; }

    /// <summary>One of the songs with this cover, which may have lost its hosts, or have another cover by now.</summary>
    public SongEntry? Sample { get; set; }
}

/// <summary>A genre, under its key.</summary>
internal sealed class GenreNode(string key, string name)
{
    public string Key { get; } = key;

    public string Name { get; } = name;

    /// <summary>The songs of the genre, including those that lists do not show.</summary>
    public List<SongEntry> Songs { get; } = [];

    /// <summary>The number of songs that lists show.</summary>
    public int Shown { get; set; }
}
