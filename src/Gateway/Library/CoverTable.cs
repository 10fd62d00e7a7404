using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>The covers that songs and albums have. One that nothing has any more is forgotten, and its place is used again.</summary>
/// <remarks>Not thread-safe: the library calls it under its lock.</remarks>
internal sealed class CoverTable
{
    /// <summary>What stands for no cover.</summary>
    public const int None = -1;

    private readonly Rows<Cover> _covers = new();
    private readonly OrdinalTable _byHash;
    private readonly Stack<int> _free = new();

    public CoverTable() => _byHash = new OrdinalTable(cover => CodeOf(_covers[cover].Hash));

    /// <summary>Returns the hash of a cover; null for <see cref="None"/>.</summary>
    public ContentHash? HashOf(int cover) => cover == None ? null : _covers[cover].Hash;

    /// <summary>Returns the cover with a hash; <see cref="None"/> = nothing has it.</summary>
    public int Find(ContentHash hash) =>
        _byHash.Find(CodeOf(hash), (_covers, hash), static (cover, key) => key._covers[cover].Hash == key.hash);

    /// <summary>One of the songs that had this cover; it may have got another one, or lost its hosts. -1 = none is known.</summary>
    public ref int SampleOf(int cover) => ref _covers[cover].Sample;

    /// <summary>Returns the cover with a hash, for one more song.</summary>
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

    /// <summary>Counts one more song or album with a cover, which may be <see cref="None"/>.</summary>
    public int Use(int cover)
    {
        if (cover != None)
            _covers[cover].Uses++;
        return cover;
    }

    /// <summary>Counts one song or album less with a cover, which may be <see cref="None"/>.</summary>
    public void Release(int cover)
    {
        if (cover == None || --_covers[cover].Uses > 0)
            return;
        _byHash.Remove(cover);
        _free.Push(cover);
    }

    /// <summary>Gives the songs other ordinals.</summary>
    /// <param name="numbers">The new ordinal of each song; -1 = it was forgotten.</param>
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

    /// <summary>A cover, how many songs and albums have it, and one of these songs.</summary>
    private struct Cover
    {
        public ContentHash Hash;
        public int Uses;
        public int Sample;
    }
}
