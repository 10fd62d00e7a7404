namespace TspActors.Peer.Listening;

/// <summary>The repeat modes of a queue.</summary>
internal enum RepeatMode
{
    /// <summary>No song repeats.</summary>
    Off,

    /// <summary>The current song repeats.</summary>
    One,

    /// <summary>Each song goes back to the end of the queue when it ends.</summary>
    All,
}

/// <summary>The songs to play, in order: the current one, then the waiting ones, including those that repeat.</summary>
/// <remarks>A song that could not be played does not repeat. Otherwise a queue of such songs would loop forever.</remarks>
/// <param name="capacity">The maximum number of waiting songs.</param>
/// <param name="random">The source of randomness for <see cref="Shuffle"/>.</param>
internal sealed class PlayQueue(int capacity, Random random)
{
    private const int MaxPlayed = 100;

    private readonly List<QueuedSong> _waiting = [];
    private readonly List<QueuedSong> _played = [];
    private QueueUndo? _undo;

    /// <summary>The maximum number of waiting songs.</summary>
    public int Capacity => capacity;

    /// <summary>The song that is playing; null if there is none.</summary>
    public QueuedSong? Current { get; private set; }

    /// <summary>The waiting songs, in order.</summary>
    public IReadOnlyList<QueuedSong> Waiting => _waiting;

    /// <summary>A number that changes whenever the current song or the waiting songs change.</summary>
    public int Version { get; private set; }

    /// <summary>The song that <see cref="GoBack"/> would make current; null if there is none.</summary>
    public QueuedSong? Previous => _played.LastOrDefault();

    /// <summary>Whether <see cref="Skip"/> has a song to skip to.</summary>
    public bool CanSkip => _waiting.Count > 0 || (Repeat == RepeatMode.All && Current is not null);

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
    /// <returns>False if they do not fit in the queue. In that case, nothing has changed.</returns>
    public bool TryPlay(IReadOnlyList<QueuedSong> songs)
    {
        if (_waiting.Count + songs.Count - 1 > capacity)
            return false;
        _waiting.InsertRange(0, songs.Skip(1));
        Replace(songs[0], isOver: false);
        return true;
    }

    /// <summary>
    /// Undoes <see cref="TryPlay"/> before the first song has begun. After that, no song is current. Changes that the user has made in the
    /// meantime are kept.
    /// </summary>
    public void Withdraw(IReadOnlyList<QueuedSong> songs)
    {
        foreach (var song in songs.Skip(1).TakeWhile(song => _waiting.FirstOrDefault() == song))
            _waiting.RemoveAt(0);
        Current = null;
        Version++;
    }

    /// <summary>Adds songs to the end of the queue.</summary>
    /// <returns>False if they do not fit in the queue. In that case, nothing has changed.</returns>
    public bool TryAdd(IReadOnlyList<QueuedSong> songs)
    {
        if (_waiting.Count + songs.Count > capacity)
            return false;
        _waiting.AddRange(songs);
        Version++;
        return true;
    }

    /// <summary>Moves on after the current song has played to its end.</summary>
    /// <returns>The new current song; null if there is none.</returns>
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
    /// <returns>The new current song; null if there is no next song. In that case, nothing has changed.</returns>
    public QueuedSong? Skip() => CanSkip ? MoveOn(isOver: true) : null;

    /// <summary>Makes the previous song the current one again. The song that was current becomes the next one.</summary>
    /// <returns>The new current song; null if there is no previous song. In that case, nothing has changed.</returns>
    public QueuedSong? GoBack()
    {
        if (Previous is not { } previous)
            return null;
        _played.RemoveAt(_played.Count - 1);
        Version++;
        // With repeat all, the song also waits at the end of the queue.
        if (Repeat == RepeatMode.All && _waiting.Count > 0 && _waiting[^1] == previous)
            _waiting.RemoveAt(_waiting.Count - 1);
        if (Current is { } before)
            _waiting.Insert(0, before);
        if (_waiting.Count > capacity)
            _waiting.RemoveAt(_waiting.Count - 1);
        Current = previous;
        return Current;
    }

    /// <summary>Puts songs at the front of the queue. Nothing begins to play.</summary>
    /// <returns>False if they do not fit in the queue. In that case, nothing has changed.</returns>
    public bool TryRestore(IReadOnlyList<QueuedSong> songs)
    {
        if (_waiting.Count + songs.Count > RestoreCapacity)
            return false;
        _waiting.InsertRange(0, songs);
        Version++;
        return true;
    }

    /// <summary>Puts earlier songs, and then the current one, back at the front of the queue. After that, no song is current.</summary>
    public void PutBack(IReadOnlyList<QueuedSong> songs)
    {
        if (Current is { } current)
            _waiting.Insert(0, current);
        _waiting.InsertRange(0, songs);
        Current = null;
        Version++;
    }

    /// <summary>Removes the waiting song at a place; 1 is the next song.</summary>
    /// <returns>The song; null if there is none at that place.</returns>
    public QueuedSong? Remove(int place)
    {
        if (place < 1 || place > _waiting.Count)
            return null;
        var removed = _waiting[place - 1];
        _undo = new QueueUndo([.. _waiting], [removed]);
        _waiting.RemoveAt(place - 1);
        Version++;
        return removed;
    }

    /// <summary>Moves a waiting song to a different place; 1 is the next song.</summary>
    /// <returns>The song; null if one of the places does not exist. In that case, nothing has changed.</returns>
    public QueuedSong? Move(int from, int to)
    {
        if (to < 1 || to > _waiting.Count || Remove(from) is not { } moved)
            return null;
        _undo = _undo! with { Removed = [] };
        _waiting.Insert(to - 1, moved);
        return moved;
    }

    /// <summary>Moves on because the current song cannot be played.</summary>
    /// <returns>The new current song; null if there is none.</returns>
    public QueuedSong? DropCurrent() => MoveOn(isOver: false);

    /// <summary>Removes the next song because it cannot be played.</summary>
    /// <returns>False if the next song was a repetition of the current one. In that case, repeat is switched off.</returns>
    public bool DropNext()
    {
        if (Repeat == RepeatMode.One || _waiting.Count == 0)
        {
            Repeat = RepeatMode.Off;
            return false;
        }

        _waiting.RemoveAt(0);
        Version++;
        return true;
    }

    /// <summary>Makes this song the current one even if it is not the next one, because the player has already begun to play it.</summary>
    public void SetCurrent(QueuedSong song) => Replace(song, isOver: false, repeats: false);

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
    public void Clear()
    {
        if (_waiting.Count > 0)
            _undo = new QueueUndo([.. _waiting], [.. _waiting]);
        _waiting.Clear();
        Version++;
    }

    /// <summary>Removes all songs, including the current one.</summary>
    public void Stop()
    {
        QueuedSong[] all = [.. Current is null ? [] : (QueuedSong[])[Current], .. _waiting];
        Remember();
        Current = null;
        Clear();
        if (all.Length > 0)
            _undo = new QueueUndo(all, all);
    }

    /// <summary>Undoes the user's last change to the queue: a removal, a move, a shuffle or a clear. Nothing begins to play.</summary>
    /// <returns>False if there is nothing to undo, or if the songs do not fit in the queue. In that case, nothing has changed.</returns>
    public bool TryUndo()
    {
        if (_undo?.Restore(_waiting) is not { } restored || restored.Count > RestoreCapacity)
            return false;
        _undo = null;
        _waiting.Clear();
        _waiting.AddRange(restored);
        Version++;
        return true;
    }

    /// <summary>Shuffles the waiting songs.</summary>
    public void Shuffle()
    {
        if (_waiting.Count > 1)
            _undo = new QueueUndo([.. _waiting], []);
        Version++;
        for (var left = _waiting.Count; left > 1; left--)
        {
            var chosen = random.Next(left);
            (_waiting[left - 1], _waiting[chosen]) = (_waiting[chosen], _waiting[left - 1]);
        }
    }

    // If no song is current, the former current one may be waiting with the others, so one more song is allowed.
    private int RestoreCapacity => capacity + (Current is null ? 1 : 0);

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
    private void Replace(QueuedSong? song, bool isOver, bool repeats = true)
    {
        // A song that could not be played is not remembered, because there is no point in going back to it.
        if (isOver || song is not null)
            Remember();
        if (repeats && Current is { } before && Repeat == RepeatMode.All && (isOver || song is not null) && _waiting.Count < capacity)
            _waiting.Add(before);
        Current = song;
        Version++;
    }

    private void Remember()
    {
        if (Current is null)
            return;
        if (_played.Count == MaxPlayed)
            _played.RemoveAt(0);
        _played.Add(Current);
    }
}
