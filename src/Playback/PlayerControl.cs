namespace TspActors.Playback;

/// <summary>
/// What a <see cref="SongPlayer"/>'s callers and its thread know of each other: wishes one way, what has come of them the other. Every member may be
/// called from any thread.
/// </summary>
internal sealed class PlayerControl(InputBuffer input)
{
    private readonly object _gate = new();
    private readonly HeardClock _heard = new();
    private CancellationTokenSource _interrupt = new();
    private bool _started;
    private bool _over;
    private bool _stopWanted;
    private bool _pauseWanted;
    private bool _news;
    private int _generation;
    private PlaybackState _state = PlaybackState.Buffering;
    private int _stalls;
    private TimeSpan _staged;
    private double _bytesPerSecond = ByteRate.Assumed;

    internal PlaybackState State => Look(static control => control._state);

    internal int CurrentSong => Look(static control => control._heard.Song);

    internal TimeSpan Position => Look(static control => control._heard.Position);

    internal int Stalls => Look(static control => control._stalls);

    internal bool Started => Look(static control => control._started);

    internal TimeSpan Buffered(int bytes)
    {
        lock (_gate)
            return _staged + TimeSpan.FromSeconds(bytes / _bytesPerSecond);
    }

    /// <summary>Starts the player's thread, unless it is over already.</summary>
    internal void Start(Thread thread)
    {
        lock (_gate)
        {
            if (_started)
                throw new InvalidOperationException("The player was started before.");
            if (_over)
                return;
            _started = true;
            thread.Start();
        }
    }

    internal int BeginNext()
    {
        // One step with the boundary: a restart in between would give the numbers to other songs.
        lock (_gate)
        {
            var song = _heard.BeginNext();
            input.BeginNext();
            return song;
        }
    }

    internal bool Pause(bool wanted) => Command(() => _pauseWanted = wanted);

    /// <returns>Whether it is over by that, as it was never started; else the player's thread ends it.</returns>
    internal bool Stop()
    {
        Command(() => _stopWanted = true);
        lock (_gate)
        {
            if (_started || _over)
                return false;
            _over = true;
            _state = PlaybackState.Ended;
            return true;
        }
    }

    /// <param name="position">The new place.</param>
    /// <param name="song">The song that must be heard now; null for any.</param>
    internal bool Restart(TimeSpan position, int? song)
    {
        lock (_gate)
        {
            return (song ?? _heard.Song) == _heard.Song && Command(() =>
            {
                _generation = input.Clear();
                _heard.Restart(position);
                _staged = TimeSpan.Zero;
            });
        }
    }

    /// <summary>Says that bytes came in.</summary>
    internal void Wake()
    {
        lock (_gate)
        {
            _news = true;
            Monitor.PulseAll(_gate);
        }
    }

    internal Wishes TakeWishes()
    {
        lock (_gate)
        {
            _news = false;
            if (_interrupt.IsCancellationRequested)
            {
                _interrupt.Dispose();
                _interrupt = new CancellationTokenSource();
            }

            return new Wishes(_stopWanted, _pauseWanted, _generation, _heard.Song, _interrupt.Token);
        }
    }

    /// <summary>Waits until a caller wanted something or bytes came in since the last <see cref="TakeWishes"/>.</summary>
    internal void WaitForNews()
    {
        lock (_gate)
        {
            while (!_news)
                Monitor.Wait(_gate);
        }
    }

    /// <summary>Closes the player to further wishes, unless there is one that has not been seen yet.</summary>
    internal bool TryEnd(int generation)
    {
        lock (_gate)
        {
            if (generation != _generation)
                return false;
            _heard.Drained();
            return _over = !_stopWanted && !_pauseWanted && input.IsCompleted;
        }
    }

    /// <summary>The thread ends.</summary>
    internal void End()
    {
        lock (_gate)
        {
            _over = true;
            _state = PlaybackState.Ended;
            _staged = TimeSpan.Zero;
            _interrupt.Dispose();
        }
    }

    /// <returns>Whether the song is reached for the first time.</returns>
    internal bool Reach(int song, int generation)
    {
        lock (_gate)
            return generation == _generation && _heard.Reach(song);
    }

    internal void Heard(TimeSpan duration, TimeSpan latency, int generation)
    {
        lock (_gate)
        {
            if (generation == _generation)
                _heard.Advance(duration, latency);
        }
    }

    internal void Staged(TimeSpan staged, double bytesPerSecond, int generation)
    {
        lock (_gate)
        {
            _bytesPerSecond = bytesPerSecond;
            if (generation == _generation)
                _staged = staged;
        }
    }

    internal void CountStall()
    {
        lock (_gate)
            _stalls++;
    }

    /// <returns>Whether that is another state than before.</returns>
    internal bool Enter(PlaybackState state)
    {
        lock (_gate)
        {
            var isNew = _state != state;
            _state = state;
            return isNew;
        }
    }

    private T Look<T>(Func<PlayerControl, T> at)
    {
        lock (_gate)
            return at(this);
    }

    private bool Command(Action wish)
    {
        lock (_gate)
        {
            if (_over)
                return false;
            wish();
            _interrupt.Cancel();
            _news = true;
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>What the callers want at this moment; the song is the one that is being heard.</summary>
    internal readonly record struct Wishes(bool Stop, bool Pause, int Generation, int Song, CancellationToken Interrupt);
}
