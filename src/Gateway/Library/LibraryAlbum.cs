using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>An album, formed by grouping the songs of the swarm. Immutable.</summary>
internal sealed record LibraryAlbum
{
    /// <summary>The id for clients: al- and 20 characters.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Artist { get; init; }

    public required string ArtistId { get; init; }

    /// <summary>The name without a leading article, folded, for sorting.</summary>
    public required string SortName { get; init; }

    /// <summary>The most frequent year; 0 = not known.</summary>
    public int Year { get; init; }

    /// <summary>The most frequent genre; empty = not known.</summary>
    public string Genre { get; init; } = "";

    public required int SongCount { get; init; }

    public required long DurationMs { get; init; }

    /// <summary>When this peer first saw a song of the album.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Whether it is an album by various artists.</summary>
    public bool IsCompilation { get; init; }

    /// <summary>True for the collection of an artist's songs without an album tag, which is not a real album.</summary>
    public bool IsNoAlbum { get; init; }

    /// <summary>The most frequent cover among its songs; null = none.</summary>
    public ContentHash? Cover { get; init; }
}

/// <summary>An artist. Immutable.</summary>
internal sealed record LibraryArtist
{
    /// <summary>The id for clients: ar- and 20 characters.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>The name without a leading article, folded, for sorting.</summary>
    public required string SortName { get; init; }

    /// <summary>The heading under which an index lists the artist: an upper-case letter, or #.</summary>
    public required string Heading { get; init; }

    /// <summary>The number of albums that <see cref="IMusicLibrary.AlbumsOf(LibraryArtist)"/> returns.</summary>
    public required int AlbumCount { get; init; }

    public required int SongCount { get; init; }

    /// <summary>The cover of one of the albums; null = none.</summary>
    public ContentHash? Cover { get; init; }
}

/// <summary>A genre.</summary>
/// <param name="Name">The name, in the spelling that was seen first.</param>
/// <param name="SongCount">The number of songs.</param>
/// <param name="AlbumCount">The number of albums.</param>
internal sealed record LibraryGenre(string Name, int SongCount, int AlbumCount);
