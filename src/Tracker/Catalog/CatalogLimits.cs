namespace TspActors.Tracker.Catalog;

/// <summary>The limits of the catalog: in total, per address and per peer. config/tracker.conf explains each one.</summary>
public sealed record CatalogLimits
{
    private const int SharesOfAddress = 8;

    /// <summary>The maximum number of songs that one peer may share.</summary>
    public int SongsPerPeer { get; init; } = 200_000;

    /// <summary>The maximum number of different songs that may ever receive an id.</summary>
    public int Songs { get; init; } = 20_000_000;

    /// <summary>
    /// The maximum number of new songs (songs that no peer has shared before) that one peer may add per hour; 0 = no limit. A burst of
    /// twice <see cref="SongsPerPeer"/> is allowed.
    /// </summary>
    public int NewSongsPerPeerHour { get; init; } = 20_000;

    /// <summary>
    /// The maximum number of new songs that all peers at one address may add in one burst. A lower value is raised to one peer's burst.
    /// </summary>
    public int NewSongsPerAddress { get; init; } = 2_000_000;

    /// <summary>The corresponding limit per hour; 0 = no limit.</summary>
    public int NewSongsPerAddressHour { get; init; } = 200_000;

    /// <summary>
    /// The maximum number of songs, already shared by other peers, that all peers at one address may add in one burst. A lower value is
    /// raised to <see cref="SongsPerPeer"/>.
    /// </summary>
    public int KnownSongsPerAddress { get; init; } = 2_000_000;

    /// <summary>The corresponding limit per hour; 0 = no limit.</summary>
    public int KnownSongsPerAddressHour { get; init; } = 1_000_000;

    /// <summary>The maximum memory of one peer's songs, as estimated by <see cref="CatalogMemory"/>, in bytes.</summary>
    public long ShareBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>
    /// The maximum memory of all peers and songs, as estimated by <see cref="CatalogMemory"/>, in bytes. Above it, new songs are refused.
    /// </summary>
    public long MemoryBytes { get; init; } = long.MaxValue;

    /// <summary>
    /// The maximum memory of the peers and songs of one address, as estimated by <see cref="CatalogMemory"/>, in bytes; null = an eighth
    /// of <see cref="MemoryBytes"/>.
    /// </summary>
    public long? MemoryBytesPerAddress { get; init; }

    /// <summary>The limit for one address in bytes; <see cref="long.MaxValue"/> if there is none.</summary>
    internal long AddressBytes => MemoryBytesPerAddress ?? (MemoryBytes == long.MaxValue ? long.MaxValue : MemoryBytes / SharesOfAddress);
}
