using TspActors.Configuration;

namespace TspActors.Tracker.Catalog;

/// <summary>Reads <see cref="CatalogLimits"/> from the tsp.tracker section.</summary>
internal static class CatalogLimitsReader
{
    // The limit counts live objects only. The garbage collector, search index merges and connections need the rest: with a limit of
    // half a 512 MB heap, 456,000 songs from strangers caused OutOfMemoryExceptions.
    private const int MemoryDivisor = 4;

    /// <summary>Reads the limits.</summary>
    /// <param name="section">The reader of tsp.tracker.</param>
    public static CatalogLimits Read(SettingsReader section)
    {
        var newSongs = section.Section("new-songs");
        var knownSongs = section.Section("known-songs");
        return new CatalogLimits
        {
            SongsPerPeer = section.Int("max-songs-per-peer", 0, int.MaxValue),
            Songs = section.Int("max-songs", 1, int.MaxValue),
            NewSongsPerPeerHour = newSongs.Int("per-peer-hour", 0, int.MaxValue),
            NewSongsPerAddress = newSongs.Int("per-address", 1, int.MaxValue),
            NewSongsPerAddressHour = newSongs.Int("per-address-hour", 0, int.MaxValue),
            KnownSongsPerAddress = knownSongs.Int("per-address", 1, int.MaxValue),
            KnownSongsPerAddressHour = knownSongs.Int("per-address-hour", 0, int.MaxValue),
            ShareBytes = section.Bytes("max-share-size", 1024, long.MaxValue),
            MemoryBytes = MemoryLimit(section.BytesOrAuto("max-memory", 0, long.MaxValue)),
            MemoryBytesPerAddress = section.BytesOrAuto("max-memory-per-address", 0, long.MaxValue) is var bytes && bytes == 0
                ? long.MaxValue
                : bytes,
        };
    }

    private static long MemoryLimit(long? setting) => setting switch
    {
        null => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes is > 0 and var available ? available / MemoryDivisor : long.MaxValue,
        0 => long.MaxValue,
        { } bytes => bytes,
    };
}
