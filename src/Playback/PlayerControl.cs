namespace TspActors.Playback;

/// <summary>
/// The state shared by the callers of a <see cref="SongPlayer"/> and its thread: requests in one direction, progress in the other. All members
/// are thread-safe.
/// </summary>
internal sealed class PlayerControl(InputBuffer input)
{
    private readonly object _gate = new();
    private readonly PositionClock _heard = new();
    private CancellationTokenSource _interrupt = new();
    private bool _started;
    private bool _over;
    private bool _stopRequested;
    private bool _pauseRequested;
    private bool _hasNews;
    private int _generation;
    private PlaybackState _state = PlaybackState.Buffering;
    private int _stalls;
    private TimeSpan _staged;
    private double _bytesPerSecond = ByteRate.Assumed;

    internal PlaybackState State => Read(static control => control._state);

    internal int CurrentSong => Read(static control => control._heard.Song);

    internal TimeSpan Position => Read(static control => control._heard.Position);

    internal int Stalls => Read(static control => control._stalls);

    internal bool Started => Read(static control => control._started);

    internal TimeSpan Buffered(int bytes)
    {
        lock (_gate)
            return _staged + TimeSpan.FromSeconds(bytes / _bytesPerSecond);
    }

    /// <summary>Starts the player's thread unless playback has already ended.</summary>
    internal void Start(Thread thread)
    {
        lock (_gate)
        {
            if (_started)
                throw new InvalidOperationException("The player was already started.");
            if (_over)
                return;
            _started = true;
            thread.Start();
        }
    }

    internal int BeginNext()
    {
        // Atomic with the boundary: a restart in between would assign the numbers to other songs.
        lock (_gate)
        {
            var song = _heard.BeginNext();
            input.BeginNext();
            return song;
        }
    }

    internal bool Pause(bool wanted) => Command(() => _pauseRequested = wanted);

    /// <returns>True when this ends playback because it was never started; otherwise the player's thread ends it.</returns>
    internal bool Stop()
    {
        Command(() => _stopRequested = true);
        lock (_gate)
        {
            if (_started || _over)
                return false;
            _over = true;
            _state = PlaybackState.Ended;
            return true;
        }
    }

    /// <param name="position">The new position.</param>
    /// <param name="song">The song that must be audible; null for any.</param>
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

    /// <summary>Signals that bytes arrived.</summary>
    internal void Wake()
    {
        lock (_gate)
        {
            _hasNews = true;
            Monitor.PulseAll(_gate);
        }
    }

    internal PlayerRequests ReadRequests()
    {
        lock (_gate)
        {
            _hasNews = false;
            if (_interrupt.IsCancellationRequested)
            {
                _interrupt.Dispose();
                _interrupt = new CancellationTokenSource();
            }

            return new PlayerRequests(_stopRequested, _pauseRequested, _generation, _heard.Song, _interrupt.Token);
        }
    }

    /// <summary>Waits until a caller requests something or bytes arrive, counted from the last <see cref="ReadRequests"/>.</summary>
    internal void WaitForNews()
    {
        lock (_gate)
        {
            while (!_hasNews)
                Monitor.Wait(_gate);
        }
    }

    /// <summary>Closes the player to further requests, unless one is still unseen.</summary>
    internal bool TryEnd(int generation)
    {
        lock (_gate)
        {
            if (generation != _generation)
                return false;
            _heard.Drained();
            return _over = !_stopRequested && !_pauseRequested && input.IsCompleted;
        }
    }

    /// <summary>Called when the thread ends.</summary>
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

    /// <returns>True when the song is reached for the first time.</returns>
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

    /// <returns>True when the state has changed.</returns>
    internal bool Enter(PlaybackState state)
    {
        lock (_gate)
        {
            var isNew = _state != state;
            _state = state;
            return isNew;
        }
    }

    private T Read<T>(Func<PlayerControl, T> at)
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
            _hasNews = true;
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>What the callers currently request. The song is the audible one.</summary>
    internal readonly record struct PlayerRequests(bool Stop, bool Pause, int Generation, int Song, CancellationToken Interrupt);
}
