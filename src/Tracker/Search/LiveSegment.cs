using System.Collections.Immutable;
using System.Numerics;

namespace TspActors.Tracker.Search;

/// <summary>A segment and which of its songs are still to be found in it, at one moment.</summary>
/// <param name="Segment">The songs and their terms.</param>
/// <param name="Live">A bit for each song, in chunks, so that the next moment shares all that has not changed.</param>
/// <param name="LiveCount">How many.</param>
internal sealed record LiveSegment(SearchSegment Segment, ImmutableArray<ulong[]> Live, int LiveCount)
{
    /// <summary>Words of bits in a chunk.</summary>
    public const int ChunkWords = 64;

    /// <summary>Songs of a chunk.</summary>
    public const int ChunkSongs = ChunkWords * 64;

    public bool IsLive(int song) => (Live[song / ChunkSongs][song % ChunkSongs >> 6] >> (song & 63) & 1) != 0;

    /// <summary>The numbers of the songs that are alive.</summary>
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

    /// <summary>Leaves in a set what is alive.</summary>
    public void Filter(Span<ulong> set)
    {
        for (var word = 0; word < set.Length; word++)
            set[word] &= Live[word / ChunkWords][word % ChunkWords];
    }
}
