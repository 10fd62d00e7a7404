namespace TspActors.Tracker.Catalog;

/// <summary>The limits of the catalog, in total and per peer. config/tracker.conf explains each one.</summary>
public sealed record CatalogLimits
{
    private const int SharesOfAddress = 8;

    /// <summary>The most songs that one peer may share.</summary>
    public int SongsPerPeer { get; init; } = 200_000;

    /// <summary>The most different songs that may ever receive an id.</summary>
    public int Songs { get; init; } = 20_000_000;

    /// <summary>
    /// The most new songs, which no peer has shared before, that one peer may add per hour; 0 = any number. A burst of twice
    /// <see cref="SongsPerPeer"/> is allowed.
    /// </summary>
    public int NewSongsPerPeerHour { get; init; } = 20_000;

    /// <summary>The most new songs that all peers at one address may add at once.</summary>
    public int NewSongsPerAddress { get; init; } = 2_000_000;

    /// <summary>The same limit per hour; 0 = any number.</summary>
    public int NewSongsPerAddressHour { get; init; } = 200_000;

    /// <summary>The most songs, already shared by other peers, that all peers at one address may add at once.</summary>
    public int KnownSongsPerAddress { get; init; } = 2_000_000;

    /// <summary>The same limit per hour; 0 = any number.</summary>
    public int KnownSongsPerAddressHour { get; init; } = 1_000_000;

    /// <summary>The most memory of one peer's songs, as estimated by <see cref="CatalogMemory"/>, in bytes.</summary>
    public long ShareBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>
    /// The most memory of all peers and songs, as estimated by <see cref="CatalogMemory"/>, in bytes. Above it, new songs are refused.
    /// </summary>
    public long MemoryBytes { get; init; } = long.MaxValue;

    /// <summary>
    /// The most memory of the peers and songs of one address, as estimated by <see cref="CatalogMemory"/>, in bytes; null = an eighth of
    /// <see cref="MemoryBytes"/>.
    /// </summary>
    public long? MemoryBytesPerAddress { get; init; }

    /// <summary>The same limit as a number; <see cref="long.MaxValue"/> if there is none.</summary>
    internal long AddressBytes => MemoryBytesPerAddress ?? (MemoryBytes == long.MaxValue ? long.MaxValue : MemoryBytes / SharesOfAddress);
}
