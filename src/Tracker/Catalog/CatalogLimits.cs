namespace TspActors.Tracker.Catalog;

/// <summary>The limits of the catalog, in total and per peer. config/tracker.conf explains each one.</summary>
public sealed record CatalogLimits
{
    private const int SharesOfAddress = 8;

    /// <summary>Songs of one peer.</summary>
    public int SongsPerPeer { get; init; } = 200_000;

    /// <summary>The most different songs that ever get an id.</summary>
    public int Songs { get; init; } = 20_000_000;

    /// <summary>
    /// The most songs that nobody has shared before, from one peer in an hour; 0 = any number. Twice <see cref="SongsPerPeer"/> may come at
    /// once.
    /// </summary>
    public int NewSongsPerPeerHour { get; init; } = 20_000;

    /// <summary>The most songs that nobody has shared before, from all peers at one address at once.</summary>
    public int NewSongsPerAddress { get; init; } = 2_000_000;

    /// <summary>The same in an hour; 0 = any number.</summary>
    public int NewSongsPerAddressHour { get; init; } = 200_000;

    /// <summary>Songs that others share already, which all peers at one address may begin to share at once.</summary>
    public int KnownSongsPerAddress { get; init; } = 2_000_000;

    /// <summary>The same in an hour; 0 = any number.</summary>
    public int KnownSongsPerAddressHour { get; init; } = 1_000_000;

    /// <summary>The most memory of one peer's songs, as estimated by <see cref="CatalogMemory"/>, in bytes.</summary>
    public long ShareBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>
    /// The memory of everything registered, as estimated by <see cref="CatalogMemory"/>, above which new songs are refused.
    /// </summary>
    public long MemoryBytes { get; init; } = long.MaxValue;

    /// <summary>
    /// Memory of the peers and songs of one address, by <see cref="CatalogMemory"/>, in bytes; null = an eighth of
    /// <see cref="MemoryBytes"/>.
    /// </summary>
    public long? MemoryBytesPerAddress { get; init; }

    /// <summary>The same as a number; the greatest one where there is no limit.</summary>
    internal long AddressBytes => MemoryBytesPerAddress ?? (MemoryBytes == long.MaxValue ? long.MaxValue : MemoryBytes / SharesOfAddress);
}
