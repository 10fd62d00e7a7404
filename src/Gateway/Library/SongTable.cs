using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>The library's songs, by ordinal, content hash, client id and tracker id, including songs that are away.</summary>
/// <remarks>Not thread-safe: the library calls it under its lock.</remarks>
internal sealed class SongTable
{
    /// <summary>The ordinal that stands for no song.</summary>
    public const int None = -1;

    private readonly Rows<SongRow> _rows = new();
    // The maximum number of songs that can be found by one id. Several songs have the same id only if someone has invented hashes.
    private const int MaxWithOneId = 4;

    private readonly OrdinalTable _byHash;
    private readonly OrdinalTable _byId;
    private readonly OrdinalTable _byTrackerId;

    public SongTable()
    {
        _byHash = new OrdinalTable(song => (uint)_rows[song].Hash.GetHashCode());
        _byId = new OrdinalTable(song => SongIdBits.Of(_rows[song].Hash).Code);
        _byTrackerId = new OrdinalTable(song => CodeOf(_rows[song].TrackerId));
    }

    /// <summary>
    /// The song with this ordinal. To change its tracker id, or whether it is shown or counted, use the methods of this class.
    /// </summary>
    public ref SongRow this[int ordinal] => ref _rows[ordinal];

    /// <summary>The number of ordinals, including those of forgotten songs.</summary>
    public int Length => _rows.Count;

    /// <summary>The number of songs.</summary>
    public int Count { get; private set; }

    /// <summary>The songs that lists show.</summary>
    public Bits Shown { get; } = new(0);

    /// <summary>The songs included in counts: those that lists showed when their albums were last summarized.</summary>
    public Bits Counted { get; } = new(0);

    /// <summary>Returns the ordinal of the song with this hash; <see cref="None"/> if there is none.</summary>
    public int Find(ContentHash hash) =>
        _byHash.Find((uint)hash.GetHashCode(), (_rows, hash), static (song, key) => key._rows[song].Hash == key.hash);

    /// <summary>Returns the ordinal of the song with this id; <see cref="None"/> if there is none.</summary>
    public int Find(SongIdBits id) => _byId.Find(id.Code, (_rows, id), static (song, key) => HasId(key._rows[song], key.id));

    /// <summary>Returns the ordinal of the song with this tracker id; <see cref="None"/> if there is none.</summary>
    public int FindByTrackerId(int id) =>
        id == 0 ? None : _byTrackerId.Find(CodeOf(id), (_rows, id), static (song, key) => key._rows[song].TrackerId == key.id);

    /// <summary>Adds a song.</summary>
    /// <returns>Its ordinal.</returns>
    public int Add(SongRow row)
    {
        var ordinal = _rows.Add(row);
        _byHash.Add(ordinal);
        if (CountWith(SongIdBits.Of(row.Hash)) < MaxWithOneId)
            _byId.Add(ordinal);
        if (row.TrackerId != 0)
            _byTrackerId.Add(ordinal);
        Shown.Put(ordinal, row.IsShown);
        Counted.Put(ordinal, row.IsCounted);
        Count++;
        return ordinal;
    }

    /// <summary>Forgets a song. Its row remains, because a client may be reading a list that contains it.</summary>
    public void Remove(int ordinal)
    {
        if (_rows[ordinal].IsForgotten)
            return;
        SetTrackerId(ordinal, 0);
        SetListed(ordinal, false);
        _byHash.Remove(ordinal);
        _byId.Remove(ordinal);
        _rows[ordinal].IsForgotten = true;
        Count--;
    }

    /// <summary>Sets the song id, which the tracker assigned; 0 = none. If another song has this id, that song loses it.</summary>
    /// <returns>The song that had the id before; <see cref="None"/> if there was none.</returns>
    public int SetTrackerId(int ordinal, int id)
    {
        if (_rows[ordinal].TrackerId == id)
            return None;
        var former = FindByTrackerId(id);
        ClearTrackerId(ordinal);
        if (former != None)
            ClearTrackerId(former);
        _rows[ordinal].TrackerId = id;
        if (id != 0)
            _byTrackerId.Add(ordinal);
        return former;
    }

    /// <summary>Sets whether lists show a song, unless they show another encoding in its place.</summary>
    public void SetListed(int ordinal, bool isListed)
    {
        ref var row = ref _rows[ordinal];
        row.IsListed = isListed;
        Shown.Put(ordinal, row.IsShown);
    }

    /// <summary>Sets whether lists show another encoding in place of a song.</summary>
    public void SetHidden(int ordinal, bool isHidden)
    {
        ref var row = ref _rows[ordinal];
        row.IsHidden = isHidden;
        Shown.Put(ordinal, row.IsShown);
    }

    /// <summary>Sets whether counts include a song.</summary>
    public void SetCounted(int ordinal, bool isCounted)
    {
        _rows[ordinal].IsCounted = isCounted;
        Counted.Put(ordinal, isCounted);
    }

    private void ClearTrackerId(int ordinal)
    {
        if (_rows[ordinal].TrackerId != 0)
            _byTrackerId.Remove(ordinal);
        _rows[ordinal].TrackerId = 0;
    }

    private int CountWith(SongIdBits id) => _byId.Count(id.Code, (_rows, id), static (song, key) => HasId(key._rows[song], key.id));

    private static bool HasId(in SongRow row, SongIdBits id) => SongIdBits.Of(row.Hash) == id;

    private static uint CodeOf(int id) => (uint)HashCode.Combine(id);
}
