using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>The covers of songs and albums. A cover that nothing uses any more is forgotten, and its ordinal is reused.</summary>
/// <remarks>Not thread-safe: the library calls it under its lock.</remarks>
internal sealed class CoverTable
{
    /// <summary>The ordinal that stands for no cover.</summary>
    public const int None = -1;

    private readonly Rows<Cover> _covers = new();
    private readonly OrdinalTable _byHash;
    private readonly Stack<int> _free = new();

    public CoverTable() => _byHash = new OrdinalTable(cover => CodeOf(_covers[cover].Hash));

    /// <summary>Returns the hash of a cover; null for <see cref="None"/>.</summary>
    public ContentHash? HashOf(int cover) => cover == None ? null : _covers[cover].Hash;

    /// <summary>Returns the cover with this hash; <see cref="None"/> if nothing uses it.</summary>
    public int Find(ContentHash hash) =>
        _byHash.Find(CodeOf(hash), (_covers, hash), static (cover, key) => key._covers[cover].Hash == key.hash);

    /// <summary>A song that has or had this cover. By now, it may have a different cover, or no host. -1 = none is known.</summary>
    public ref int SampleOf(int cover) => ref _covers[cover].Sample;

    /// <summary>Returns the cover with this hash, adding it if necessary, and counts one more song that has it.</summary>
    public int Use(ContentHash hash)
    {
        var cover = Find(hash);
        if (cover == None)
        {
            if (!_free.TryPop(out cover))
                cover = _covers.Add(default);
            _covers[cover] = new Cover { Hash = hash, Sample = -1 };
            _byHash.Add(cover);
        }

        return Use(cover);
    }

    /// <summary>Counts one more song or album that has a cover, which may be <see cref="None"/>.</summary>
    public int Use(int cover)
    {
        if (cover != None)
            _covers[cover].Uses++;
        return cover;
    }

    /// <summary>Counts one fewer song or album that has a cover, which may be <see cref="None"/>.</summary>
    public void Release(int cover)
    {
        if (cover == None || --_covers[cover].Uses > 0)
            return;
        _byHash.Remove(cover);
        _free.Push(cover);
    }

    /// <summary>Replaces the ordinals of the sample songs with new ones.</summary>
    /// <param name="numbers">The new ordinal of each song; -1 = it has been forgotten.</param>
    public void Renumber(int[] numbers)
    {
        for (var cover = 0; cover < _covers.Count; cover++)
        {
            ref var sample = ref _covers[cover].Sample;
            if (sample >= 0)
                sample = numbers[sample];
        }
    }

    private static uint CodeOf(ContentHash hash) => (uint)hash.GetHashCode();

    /// <summary>A cover, the number of songs and albums that have it, and a song that has or had it.</summary>
    private struct Cover
    {
        public ContentHash Hash;
        public int Uses;
        public int Sample;
    }
}
