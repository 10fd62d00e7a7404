namespace TspActors.Peer.Listening;

/// <summary>The repeat modes of a queue.</summary>
internal enum RepeatMode
{
    /// <summary>No song repeats.</summary>
    Off,

    /// <summary>The current song repeats.</summary>
    One,

    /// <summary>Each song goes back to the end of the queue when it is over.</summary>
    All,
}

/// <summary>The songs to play, in order: the current one, then the waiting ones, including those that repeat.</summary>
/// <remarks>A song that could not be played does not repeat. Otherwise a queue of such songs would loop forever.</remarks>
/// <param name="capacity">The maximum number of waiting songs.</param>
/// <param name="random">The source of randomness for <see cref="Shuffle"/>.</param>
internal sealed class PlayQueue(int capacity, Random random)
{
    private readonly List<QueuedSong> _waiting = [];

    /// <summary>The maximum number of waiting songs.</summary>
    public int Capacity => capacity;

    /// <summary>The song that is playing; null if there is none.</summary>
    public QueuedSong? Current { get; private set; }

    /// <summary>The waiting songs, in order.</summary>
    public IReadOnlyList<QueuedSong> Waiting => _waiting;

    /// <summary>Which songs repeat.</summary>
    public RepeatMode Repeat { get; set; }

    /// <summary>The song that <see cref="Advance"/> would make current; null if there is none.</summary>
    public QueuedSong? Next => Repeat switch
    {
        RepeatMode.One when Current is not null => Current,
        RepeatMode.All => _waiting.FirstOrDefault() ?? Current,
        _ => _waiting.FirstOrDefault(),
    };

    /// <summary>Makes the first of these songs the current one, and puts the others at the front of the queue.</summary>
    /// <returns>False if the queue has no room for them. Then nothing has changed.</returns>
    public bool TryPlay(IReadOnlyList<QueuedSong> songs)
    {
        if (_waiting.Count + songs.Count - 1 > capacity)
            return false;
        _waiting.InsertRange(0, songs.Skip(1));
        Replace(songs[0], isOver: false);
        return true;
    }

    /// <summary>Adds songs to the end of the queue.</summary>
    /// <returns>False if the queue has no room for them. Then nothing has changed.</returns>
    public bool TryAdd(IReadOnlyList<QueuedSong> songs)
    {
        if (_waiting.Count + songs.Count > capacity)
            return false;
        _waiting.AddRange(songs);
        return true;
    }

    /// <summary>Moves on after the current song has played to its end.</summary>
    /// <returns>The song that is current now; null if there is none.</returns>
    public QueuedSong? Advance()
    {
        if (Repeat == RepeatMode.One && Current is not null)
            return Current;
        return MoveOn(isOver: true);
    }

    /// <summary>
    /// Moves on to the next waiting song before the current one has ended. With repeat all, the skipped song goes back to the end of the
    /// queue.
    /// </summary>
    /// <returns>The song that is current now; null if there is no next song. Then nothing has changed.</returns>
    public QueuedSong? Skip() => _waiting.Count == 0 && (Repeat != RepeatMode.All || Current is null) ? null : MoveOn(isOver: true);

    /// <summary>Moves on because the current song cannot be played.</summary>
    /// <returns>The song that is current now; null if there is none.</returns>
    public QueuedSong? DropCurrent() => MoveOn(isOver: false);

    /// <summary>Removes the next song because it cannot be played.</summary>
    /// <returns>False if the next song was a repetition of the current one. In that case repeat is switched off.</returns>
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

    /// <summary>Makes this song the current one even if it is not the next one, because the player has already begun to play it.</summary>
    public void SetCurrent(QueuedSong song) => Current = song;

    /// <summary>Applies a user's change to the queue.</summary>
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

    /// <summary>Removes all waiting songs.</summary>
    public void Clear() => _waiting.Clear();

    /// <summary>Removes all songs, including the current one.</summary>
    public void Stop()
    {
        Current = null;
        _waiting.Clear();
    }

    /// <summary>Shuffles the waiting songs.</summary>
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

    // With repeat all, a song that is replaced before its end also goes back into the queue.
    private void Replace(QueuedSong? song, bool isOver)
    {
        if (Current is { } before && Repeat == RepeatMode.All && (isOver || song is not null) && _waiting.Count < capacity)
            _waiting.Add(before);
        Current = song;
    }
}
