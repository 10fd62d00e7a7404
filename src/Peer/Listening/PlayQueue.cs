namespace TspActors.Peer.Listening;

/// <summary>What is played again when it is over.</summary>
internal enum RepeatMode
{
    /// <summary>Nothing.</summary>
    Off,

    /// <summary>The song itself.</summary>
    One,

    /// <summary>Every song, after all the others.</summary>
    All,
}

/// <summary>The songs to play, in order: the current one, those that wait, and those that are repeated.</summary>
/// <remarks>A song that could not be played is not repeated, or a queue of such songs would never come to rest.</remarks>
/// <param name="capacity">The number of songs that may wait.</param>
/// <param name="random">For <see cref="Shuffle"/>.</param>
internal sealed class PlayQueue(int capacity, Random random)
{
    private readonly List<QueuedSong> _waiting = [];

    /// <summary>The number of songs that may wait.</summary>
    public int Capacity => capacity;

    /// <summary>The song that plays; null when none does.</summary>
    public QueuedSong? Current { get; private set; }

    /// <summary>The songs after it, in order.</summary>
    public IReadOnlyList<QueuedSong> Waiting => _waiting;

    /// <summary>What is played again.</summary>
    public RepeatMode Repeat { get; set; }

    /// <summary>The song that <see cref="Advance"/> would make current.</summary>
    public QueuedSong? Next => Repeat switch
    {
        RepeatMode.One when Current is not null => Current,
        RepeatMode.All => _waiting.FirstOrDefault() ?? Current,
        _ => _waiting.FirstOrDefault(),
    };

    /// <summary>Makes the first of these current, in place of the song that was; the others come next.</summary>
    /// <returns>False when there are too many; then nothing has changed.</returns>
    public bool TryPlay(IReadOnlyList<QueuedSong> songs)
    {
        if (_waiting.Count + songs.Count - 1 > capacity)
            return false;
        _waiting.InsertRange(0, songs.Skip(1));
        Replace(songs[0], isOver: false);
        return true;
    }

    /// <summary>Adds these behind all others.</summary>
    /// <returns>False when there are too many; then nothing has changed.</returns>
    public bool TryAdd(IReadOnlyList<QueuedSong> songs)
    {
        if (_waiting.Count + songs.Count > capacity)
            return false;
        _waiting.AddRange(songs);
        return true;
    }

    /// <summary>Moves on after the current song was played to its end.</summary>
    /// <returns>The song that is current now; null when there is none.</returns>
    public QueuedSong? Advance()
    {
        if (Repeat == RepeatMode.One && Current is not null)
            return Current;
        return MoveOn(isOver: true);
    }

    /// <summary>Moves on to the next song that waits, although the current one is not over and may be repeated.</summary>
    /// <returns>The song that is current now; null when there is no next one, and nothing has changed.</returns>
    public QueuedSong? Skip() => _waiting.Count == 0 && (Repeat != RepeatMode.All || Current is null) ? null : MoveOn(isOver: true);

    /// <summary>Moves on because the current song cannot be played.</summary>
    /// <returns>The song that is current now; null when there is none.</returns>
    public QueuedSong? DropCurrent() => MoveOn(isOver: false);

    /// <summary>Removes the next song because it cannot be played.</summary>
    /// <returns>False when that was the current song, once more: then nothing is repeated any longer.</returns>
    public bool DropNext()
    {
        if (Repeat == RepeatMode.One || _waiting.Count == 0)
        {
            Repeat = RepeatMode.Off;
            return false;
        }

        _waiting.RemoveAt(0);
        return true;
    }

    /// <summary>Makes a song current that is not the next one, because it plays already.</summary>
    public void SetCurrent(QueuedSong song) => Current = song;

    /// <summary>Applies a change that somebody asked for.</summary>
    public void Apply(QueueChange change)
    {
        switch (change)
        {
            case QueueChange.Clear:
                Clear();
                break;
            case QueueChange.Shuffle:
                Shuffle();
                break;
            case QueueChange.RepeatOff:
                Repeat = RepeatMode.Off;
                break;
            case QueueChange.RepeatOne:
                Repeat = RepeatMode.One;
                break;
            case QueueChange.RepeatAll:
                Repeat = RepeatMode.All;
                break;
        }
    }

    /// <summary>Removes all songs that wait.</summary>
    public void Clear() => _waiting.Clear();

    /// <summary>Removes all songs, the current one too.</summary>
    public void Stop()
    {
        Current = null;
        _waiting.Clear();
    }

    /// <summary>Puts the songs that wait in random order.</summary>
    public void Shuffle()
    {
        for (var left = _waiting.Count; left > 1; left--)
        {
            var chosen = random.Next(left);
            (_waiting[left - 1], _waiting[chosen]) = (_waiting[chosen], _waiting[left - 1]);
        }
    }

    private QueuedSong? MoveOn(bool isOver)
    {
        Replace(null, isOver);
        if (_waiting.Count > 0)
        {
            Current = _waiting[0];
            _waiting.RemoveAt(0);
        }

        return Current;
    }

    // A song that is replaced before its end was not wanted now, but it still belongs to the songs that are repeated.
    private void Replace(QueuedSong? song, bool isOver)
    {
        if (Current is { } before && Repeat == RepeatMode.All && (isOver || song is not null) && _waiting.Count < capacity)
            _waiting.Add(before);
        Current = song;
    }
}
