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

/// <summary>Decides which song comes next: the one that is current, those that wait, and what is repeated.</summary>
/// <remarks>A song that could not be played is not repeated, or a queue of such songs would never rest.</remarks>
/// <param name="most">Songs that may wait.</param>
/// <param name="random">For <see cref="Shuffle"/>.</param>
internal sealed class PlayQueue(int most, Random random)
{
    private readonly List<QueuedSong> _waiting = [];

    /// <summary>What is being played; null when nothing is.</summary>
    public QueuedSong? Current { get; private set; }

    /// <summary>What comes after it, in order.</summary>
    public IReadOnlyList<QueuedSong> Waiting => _waiting;

    public RepeatMode Repeat { get; set; }

    /// <summary>What <see cref="Advance"/> would make current.</summary>
    public QueuedSong? Next => Repeat switch
    {
        RepeatMode.One when Current is not null => Current,
        RepeatMode.All => _waiting.FirstOrDefault() ?? Current,
        _ => _waiting.FirstOrDefault(),
    };

    /// <summary>Makes the first of these current, in place of what was; the others come next.</summary>
    /// <returns>False when that are too many, and nothing has changed.</returns>
    public bool TryPlay(IReadOnlyList<QueuedSong> songs)
    {
        if (_waiting.Count + songs.Count - 1 > most)
            return false;
        _waiting.InsertRange(0, songs.Skip(1));
        Replace(songs[0], isOver: false);
        return true;
    }

    /// <summary>Puts these behind all others.</summary>
    /// <returns>False when that are too many, and nothing has changed.</returns>
    public bool TryAdd(IReadOnlyList<QueuedSong> songs)
    {
        if (_waiting.Count + songs.Count > most)
            return false;
        _waiting.AddRange(songs);
        return true;
    }

    /// <summary>The current song is over: the next one is current.</summary>
    /// <returns>It; null when there is none.</returns>
    public QueuedSong? Advance()
    {
        if (Repeat == RepeatMode.One && Current is not null)
            return Current;
        return Go(isOver: true);
    }

    /// <summary>On to the next one that waits, though the current song is not over and may be repeated.</summary>
    /// <returns>It; null when there is none, and nothing has changed.</returns>
    public QueuedSong? Skip() => _waiting.Count == 0 && (Repeat != RepeatMode.All || Current is null) ? null : Go(isOver: true);

    /// <summary>The current song cannot be played: the next one is current.</summary>
    /// <returns>It; null when there is none.</returns>
    public QueuedSong? DropCurrent() => Go(isOver: false);

    /// <summary>What comes next cannot be played.</summary>
    /// <returns>False when that was the current one, once more: then nothing is repeated any longer.</returns>
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

    /// <summary>This one is being played, whatever was meant to be.</summary>
    public void Became(QueuedSong song) => Current = song;

    /// <summary>Nothing waits any more.</summary>
    public void Clear() => _waiting.Clear();

    /// <summary>Nothing is played, and nothing waits.</summary>
    public void Stop()
    {
        Current = null;
        _waiting.Clear();
    }

    /// <summary>Mixes what waits.</summary>
    public void Shuffle()
    {
        for (var left = _waiting.Count; left > 1; left--)
        {
            var chosen = random.Next(left);
            (_waiting[left - 1], _waiting[chosen]) = (_waiting[chosen], _waiting[left - 1]);
        }
    }

    private QueuedSong? Go(bool isOver)
    {
        Replace(null, isOver);
        if (_waiting.Count > 0)
        {
            Current = _waiting[0];
            _waiting.RemoveAt(0);
        }

        return Current;
    }

    // Whoever is replaced before it was over was not wanted, but it belongs to what is repeated.
    private void Replace(QueuedSong? song, bool isOver)
    {
        if (Current is { } before && Repeat == RepeatMode.All && (isOver || song is not null) && _waiting.Count < most)
            _waiting.Add(before);
        Current = song;
    }
}
