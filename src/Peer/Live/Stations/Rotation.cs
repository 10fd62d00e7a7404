namespace TspActors.Peer.Live.Stations;

/// <summary>Chooses a station's songs one after another, with a jingle every few songs.</summary>
internal sealed class Rotation
{
    private readonly IRunningOrder _order;
    private readonly PlayHistory _history = new();
    private readonly ulong _seed;
    private readonly bool _inOrder;
    private readonly int _jingleEvery;
    private Dictionary<ulong, RotationSong> _songs = [];
    private IReadOnlyList<RotationSong> _selection = [];
    private IReadOnlyList<RotationSong> _jingles = [];
    private RotationSong? _previous;
    private ulong? _interrupted;
    private ulong? _current;
    private long _played;
    private long _jingleAfter;

    /// <param name="state">The state of the station when it stopped; a new station's state has only a seed.</param>
    /// <param name="inOrder">Whether the songs are played in the order of the selection.</param>
    /// <param name="jingleEvery">The number of songs between two jingles; 0 = no jingles.</param>
    public Rotation(StationState state, bool inOrder = false, int jingleEvery = 0)
    {
        (_seed, _played, _inOrder, _jingleEvery) = (state.Seed, state.Played, inOrder, jingleEvery);
        _order = inOrder ? new FixedOrder() : new ShuffledOrder(state.Seed);
        _current = _interrupted = state.Current;
        _history.Restore(state.Recent);
    }

    /// <summary>The number of songs to choose from, without the jingles.</summary>
    public int Count => _songs.Count;

    /// <summary>The state to keep across a restart.</summary>
    public StationState State => new(_seed) { Played = _played, Current = _current, Recent = [.. _history.Plays] };

    /// <summary>Replaces the songs and the jingles. Added songs join, removed ones leave, and earlier plays still count.</summary>
    public void Update(IReadOnlyList<RotationSong> songs, IReadOnlyList<RotationSong> jingles)
    {
        _songs = new Dictionary<ulong, RotationSong>(songs.Count);
        foreach (var song in songs)
            _songs.TryAdd(song.Key, song);
        (_selection, _jingles) = (songs, jingles);
        _order.Update(songs, _history, _played);
    }

    /// <summary>Returns a rotation of the same songs that continues from an earlier state.</summary>
    public Rotation ReturnTo(StationState state)
    {
        var rotation = new Rotation(state, _inOrder, _jingleEvery);
        rotation.Update(_selection, _jingles);
        return rotation;
    }

    /// <summary>Returns the next song or jingle; null if there are no songs.</summary>
    public RotationSong? Next()
    {
        // A song that was interrupted by a restart is played again.
        if (_interrupted is { } key && _songs.Count > 0)
        {
            _interrupted = null;
            if (_songs.TryGetValue(key, out var interrupted))
                return _previous = interrupted;
        }

        if (TryTakeJingle(out var jingle))
            return jingle;
        if (_order.Next(_played + 1, _previous) is not { } song)
            return null;
        (_previous, _current) = (song, song.Key);
        _history.Add(new Play(song.Key, ++_played));
        return song;
    }

    private bool TryTakeJingle(out RotationSong? jingle)
    {
        jingle = null;
        if (_jingleEvery <= 0 || _jingles.Count == 0 || _songs.Count == 0 || _played == _jingleAfter || _played % _jingleEvery != 0)
            return false;
        _jingleAfter = _played;
        jingle = _jingles[(int)((_played / _jingleEvery - 1) % _jingles.Count)];
        return true;
    }
}
