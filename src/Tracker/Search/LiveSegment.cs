using System.Collections.Immutable;
using System.Numerics;

namespace TspActors.Tracker.Search;

/// <summary>A segment at one moment. Each song is live until it is removed or replaced.</summary>
/// <param name="Segment">The songs and their terms.</param>
/// <param name="Live">One bit per song, in chunks, so that the next version can share every chunk that has not changed.</param>
/// <param name="LiveCount">The number of live songs.</param>
internal sealed record LiveSegment(SearchSegment Segment, ImmutableArray<ulong[]> Live, int LiveCount)
{
    /// <summary>The number of 64-bit words in a chunk.</summary>
    public const int ChunkWords = 64;

    /// <summary>The number of songs in a chunk.</summary>
    public const int ChunkSongs = ChunkWords * 64;

    public bool IsLive(int song) => (Live[song / ChunkSongs][song % ChunkSongs >> 6] >> (song & 63) & 1) != 0;

    /// <summary>Returns the numbers of the live songs.</summary>
    public IEnumerable<int> Alive()
    {
        for (var chunk = 0; chunk < Live.Length; chunk++)
        {
            for (var word = 0; word < ChunkWords; word++)
            {
                for (var bits = Live[chunk][word]; bits != 0; bits &= bits - 1)
                    yield return (chunk * ChunkSongs) + (word * 64) + BitOperations.TrailingZeroCount(bits);
            }
        }
    }

    /// <summary>Removes from a set all songs that are not live.</summary>
    public void Filter(Span<ulong> set)
    {
        for (var word = 0; word < set.Length; word++)
            set[word] &= Live[word / ChunkWords][word % ChunkWords];
    }
}
