namespace TspActors.Peer.Live.Stations;

/// <summary>Random numbers that depend only on a seed, a song and a play, and not on when or how often they are drawn.</summary>
internal static class RotationChance
{
    /// <summary>Returns a number that is at least 0 and less than 1.</summary>
    /// <param name="seed">The station's seed.</param>
    /// <param name="key">The song's key.</param>
    /// <param name="play">The number of the song's last play, starting at 1; 0 for a song that has never been played.</param>
    public static double Of(ulong seed, ulong key, long play) =>
        (Mix(Mix(Mix(seed) ^ key) ^ (ulong)play) >> 11) * (1.0 / (1UL << 53));

    // The finalizer of SplitMix64, which spreads every bit of the input over all bits of the result.
    private static ulong Mix(ulong bits)
    {
        unchecked
        {
            bits += 0x9E37_79B9_7F4A_7C15;
            bits = (bits ^ (bits >> 30)) * 0xBF58_476D_1CE4_E5B9;
            bits = (bits ^ (bits >> 27)) * 0x94D0_49BB_1331_11EB;
            return bits ^ (bits >> 31);
        }
    }
}
