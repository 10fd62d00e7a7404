namespace TspActors.Tracker.Catalog;

/// <summary>What the catalog takes, in all and of one peer; config/tracker.conf says what each limit is for.</summary>
public sealed record CatalogLimits
{
    private const int SharesOfAddress = 8;

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

    /// <summary>Memory of one peer's songs, by <see cref="CatalogMemory"/>, in bytes.</summary>
    public long ShareBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Memory of everything registered, by <see cref="CatalogMemory"/>, in bytes, above which no new song is taken.</summary>
    public long MemoryBytes { get; init; } = long.MaxValue;

    /// <summary>
    /// Memory of the peers and songs of one address, by <see cref="CatalogMemory"/>, in bytes; null = an eighth of
    /// <see cref="MemoryBytes"/>.
    /// </summary>
    public long? MemoryBytesPerAddress { get; init; }

    /// <summary>The same as a number; the greatest one where there is no limit.</summary>
    internal long AddressBytes => MemoryBytesPerAddress ?? (MemoryBytes == long.MaxValue ? long.MaxValue : MemoryBytes / SharesOfAddress);
}
