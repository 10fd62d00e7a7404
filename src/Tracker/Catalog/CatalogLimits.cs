namespace TspActors.Tracker.Catalog;

/// <summary>What the catalog takes, in all and of one peer; config/tracker.conf says what each limit is for.</summary>
public sealed record CatalogLimits
{
    /// <summary>Songs of one peer.</summary>
    public int SongsPerPeer { get; init; } = 200_000;

    /// <summary>Different songs that are ever given an id.</summary>
    public int Songs { get; init; } = 20_000_000;

    /// <summary>
    /// Songs that nobody has shared before, of one peer in an hour; twice <see cref="SongsPerPeer"/> at once; 0 = any number.
    /// </summary>
    public int NewSongsPerPeerHour { get; init; } = 20_000;

    /// <summary>Songs that nobody has shared before, of all peers at one address at once.</summary>
    public int NewSongsPerAddress { get; init; } = 2_000_000;

    /// <summary>The same in an hour; 0 = any number.</summary>
    public int NewSongsPerAddressHour { get; init; } = 200_000;

    /// <summary>Songs that others share already, which all peers at one address may begin to share at once.</summary>
    public int KnownSongsPerAddress { get; init; } = 2_000_000;

    /// <summary>The same in an hour; 0 = any number.</summary>
    public int KnownSongsPerAddressHour { get; init; } = 1_000_000;

    /// <summary>Memory of one peer's songs, by <see cref="CatalogMemory"/>, in bytes.</summary>
    public long ShareBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Memory of everything registered, by <see cref="CatalogMemory"/>, in bytes, above which no new song is taken.</summary>
    public long MemoryBytes { get; init; } = long.MaxValue;
}
