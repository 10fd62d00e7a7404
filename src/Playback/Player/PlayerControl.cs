namespace TspActors.Playback.Player;

/// <summary>
/// The state that a <see cref="SongPlayer"/>'s callers share with its thread: requests in one direction, progress in the other. All
/// members are thread-safe.
/// </summary>
internal sealed class PlayerControl(InputBuffer input)
{
    private readonly object _gate = new();
    private readonly PositionClock _clock = new();
    private readonly Dictionary<int, SongCue> _cues = [];
    private CancellationTokenSource _interrupt = new();
    private Life _life;
    private bool _pauseRequested;
    private bool _hasNews;
    private int _generation;
    private PlaybackState _state = PlaybackState.Buffering;
    private int _stalls;
    private TimeSpan _decoded;
    private double _bytesPerSecond = ByteRate.Assumed;

    // New → Running → Stopping → Over. A new player that is stopped goes straight to Over. So does a running player when its songs have
    // ended or when it fails.
    private enum Life
    {
        New,
        Running,
        Stopping,
        Over,
    }

    internal PlaybackState State => Read(static control => control._state);

    internal int CurrentSong => Read(static control => control._clock.Song);

    internal TimeSpan Position => Read(static control => control._clock.Position);

    internal int Stalls => Read(static control => control._stalls);

    /// <summary>Returns the decoded playing time, plus an estimate for this number of undecoded bytes.</summary>
    internal TimeSpan EstimateBuffered(int bytes)
    {
        lock (_gate)
            return _decoded + TimeSpan.FromSeconds(bytes / _bytesPerSecond);
    }

    /// <summary>Starts the player's thread unless playback has already ended.</summary>
    internal void Start(Thread thread)
    {
        lock (_gate)
        {
            var wasStarted = !thread.ThreadState.HasFlag(ThreadState.Unstarted);
            if (wasStarted)
                throw new InvalidOperationException("The player was already started.");
            if (_life == Life.Over)
                return;
            _life = Life.Running;
            thread.Start();
        }
    }

    internal int BeginNext()
    {
        // The lock covers both calls. If a seek came between them, the song numbers would no longer match.
        lock (_gate)
        {
            var song = _clock.BeginNext();
            input.BeginNext();
            return song;
        }
    }

    internal void SetCue(int song, SongCue cue)
    {
        lock (_gate)
            _cues[song] = cue;
    }

    internal SongCue CueOf(int song)
    {
        lock (_gate)
            return _cues.GetValueOrDefault(song, SongCue.Plain);
    }

    internal void RequestPause(bool wanted) => Request(() => _pauseRequested = wanted);

    /// <summary>Asks the player's thread to end playback.</summary>
    /// <returns>True if the player was never started and has therefore ended immediately. Otherwise, its thread ends playback unless
    ///   playback has already ended.</returns>
    internal bool RequestStop()
    {
        lock (_gate)
        {
            var isNew = _life == Life.New;
            Request(() => _life = isNew ? Life.Over : Life.Stopping);
            if (isNew)
                _state = PlaybackState.Ended;
            return isNew;
        }
    }

    /// <summary>Seeks to a different position in the audible song.</summary>
    /// <param name="position">The new position.</param>
    /// <param name="song">The song that must be audible; null for any song.</param>
    internal bool SeekTo(TimeSpan position, int? song)
    {
        lock (_gate)
        {
            return (song ?? _clock.Song) == _clock.Song && Request(() =>
            {
                _generation = input.Clear();
                _clock.SeekTo(position);
                _decoded = TimeSpan.Zero;
            });
        }
    }

    /// <summary>Wakes the player's thread, because the input has changed.</summary>
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

            return new PlayerRequests(_life == Life.Stopping, _pauseRequested, _generation, _clock.Song, _interrupt.Token);
        }
    }

    /// <summary>
    /// Waits until a caller makes a request or the input changes. Returns immediately if either has happened since the last
    /// <see cref="ReadRequests"/>.
    /// </summary>
    internal void WaitForNews()
    {
        lock (_gate)
        {
            while (!_hasNews)
                Monitor.Wait(_gate);
        }
    }

    /// <summary>Ends the player unless a request is pending or more input may follow.</summary>
    internal bool TryEnd(int generation)
    {
        lock (_gate)
        {
            if (generation != _generation)
                return false;
            _clock.Drained();
            if (_life != Life.Running || _pauseRequested || !input.IsCompleted)
                return false;
            _life = Life.Over;
            return true;
        }
    }

    /// <summary>Records that the thread has finished.</summary>
    internal void End()
    {
        lock (_gate)
        {
            _life = Life.Over;
            _state = PlaybackState.Ended;
            _decoded = TimeSpan.Zero;
            _interrupt.Dispose();
        }
    }

    /// <summary>Records that playback has reached a song.</summary>
    /// <returns>True if playback reaches the song for the first time.</returns>
    internal bool Reach(int song, int generation)
    {
        lock (_gate)
        {
            if (generation != _generation || !_clock.Reach(song))
                return false;
            foreach (var over in _cues.Keys.Where(over => over < song).ToList())
                _cues.Remove(over);
            return true;
        }
    }

    internal void Advance(TimeSpan duration, TimeSpan latency, int generation)
    {
        lock (_gate)
        {
            if (generation == _generation)
                _clock.Advance(duration, latency);
        }
    }

    internal void SetDecoded(TimeSpan decoded, double bytesPerSecond, int generation)
    {
        lock (_gate)
        {
            _bytesPerSecond = bytesPerSecond;
            if (generation == _generation)
                _decoded = decoded;
        }
    }

    internal void CountStall()
    {
        lock (_gate)
            _stalls++;
    }

    /// <summary>Sets the state.</summary>
    /// <returns>True if the state has changed.</returns>
    internal bool Enter(PlaybackState state)
    {
        lock (_gate)
        {
            var isNew = _state != state;
            _state = state;
            return isNew;
        }
    }

    private T Read<T>(Func<PlayerControl, T> read)
    {
        lock (_gate)
            return read(this);
    }

    private bool Request(Action change)
    {
        lock (_gate)
        {
            if (_life == Life.Over)
                return false;
            change();
            _interrupt.Cancel();
            _hasNews = true;
            Monitor.PulseAll(_gate);
            return true;
        }
    }
}
