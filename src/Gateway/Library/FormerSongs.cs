using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>
/// Remembers when this peer first saw the songs that are no longer in the tables. If there are too many, those seen earliest are forgotten,
/// a few at a time. Not thread-safe.
/// </summary>
/// <param name="max">The maximum number of songs.</param>
internal sealed class FormerSongs(int max)
{
    private readonly Dictionary<ContentHash, uint> _firstSeen = [];
    private Queue<ContentHash> _oldest = new();

    /// <summary>Adds a song.</summary>
    /// <param name="hash">The content hash.</param>
    /// <param name="firstSeen">When it was first seen, in Unix seconds.</param>
    public void Add(ContentHash hash, uint firstSeen) => _firstSeen[hash] = firstSeen;

    /// <summary>Removes a song that is in the tables again.</summary>
    /// <returns>False if the song was not remembered.</returns>
    public bool Remove(ContentHash hash, out uint firstSeen) => _firstSeen.Remove(hash, out firstSeen);

    /// <summary>Releases memory that is no longer needed.</summary>
    public void TrimExcess() => _firstSeen.TrimExcess();

    /// <summary>Forgets some of the songs beyond the maximum.</summary>
    /// <param name="most">The maximum number of songs to forget now.</param>
    /// <returns>The forgotten songs.</returns>
    public IReadOnlyList<ContentHash> Forget(int most)
    {
        if (_firstSeen.Count > max && _oldest.Count == 0)
        {
            // Selects more songs than necessary (by a tenth of the maximum), so that the slow sort is rarely needed.
            var count = _firstSeen.Count - max + max / 10;
            _oldest = new Queue<ContentHash>(_firstSeen.OrderBy(song => song.Value).Take(count).Select(song => song.Key));
        }

        var forgotten = new List<ContentHash>();
        while (forgotten.Count < most && _oldest.TryDequeue(out var hash))
        {
            if (_firstSeen.Remove(hash))
                forgotten.Add(hash);
        }

        return forgotten;
    }
}

/// <summary>Limits on the data that the library remembers about songs and albums that it does not show.</summary>
/// <param name="FormerSongs">The maximum number of first-seen dates of songs that are neither listed nor away.</param>
/// <param name="Groupings">If there are more grouping decisions than this, those for missing albums are forgotten after startup.</param>
internal sealed record MemoryLimits(int FormerSongs = 1_000_000, int Groupings = 1_000_000);
