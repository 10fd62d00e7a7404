namespace TspActors.Tracker.Catalog;

/// <summary>What the catalog takes, in all and of one peer; config/tracker.conf says what each limit is for.</summary>
public sealed record CatalogLimits
{
    /// <summary>Songs of one peer.</summary>
    public int SongsPerPeer { get; init; } = 200_000;

    /// <summary>Different songs that are ever given an id.</summary>
    public int Songs { get; init; } = 20_000_000;

    /// <summary>Memory of the program, in bytes, above which no new song is taken.</summary>
    public long MemoryBytes { get; init; } = long.MaxValue;
}
