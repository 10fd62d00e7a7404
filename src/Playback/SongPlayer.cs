namespace TspActors.Playback;

/// <summary>
/// Plays one song from MP3 bytes as they arrive. Its members may be called from any thread and none of them blocks, but for
/// <see cref="Dispose"/>; the sound is made on one thread of its own.
/// </summary>
/// <remarks>
/// Events are raised on the player's thread: a handler must be short and must not throw, for the sound waits for it.
/// When <see cref="Completion"/> is done, decoder and output are already closed.
/// </remarks>
public sealed class SongPlayer : IDisposable
{
    private readonly object _gate = new();
    private readonly SongPlayerSettings _settings;
    private readonly InputBuffer _input;
    private readonly PlayerLoop _loop;
    private readonly Thread _thread;
    private readonly TaskCompletionSource<PlaybackEnd> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by _gate: what the callers want, and the clock of what was heard.
    private CancellationTokenSource _interrupt = new();
    private bool _started;
    private bool _over;
    private bool _stopWanted;
    private bool _pauseWanted;
    private bool _news;
    private int _generation;
    private TimeSpan _position;
    private PlaybackState _state = PlaybackState.Buffering;
    private int _stalls;
    private volatile int _volume;

    /// <summary>A player for one song; call <see cref="Start"/> once the events are subscribed.</summary>
    /// <param name="backend">What decodes and sounds.</param>
    /// <param name="settings">Limits; null for the defaults.</param>
    public SongPlayer(AudioBackend backend, SongPlayerSettings? settings = null)
    {
        _settings = settings ?? new SongPlayerSettings();
        Volume = _settings.Volume;
        _input = new InputBuffer(_settings.InputBufferBytes, Wake);
        _loop = new PlayerLoop(this, backend, _input, _settings.StartThreshold);
        _thread = new Thread(Run) { IsBackground = true, Name = "song player" };
    }

    /// <summary>Something the listener should know, such as a lost device. On the player's thread.</summary>
    public event Action<string>? Notice;

    /// <summary>The <see cref="State"/> has changed, on the player's thread. The end is told by <see cref="Completion"/> alone.</summary>
    public event Action<PlaybackState>? StateChanged;

    /// <summary>Done when the song is over, in whatever way; it never fails.</summary>
    public Task<PlaybackEnd> Completion => _completion.Task;

    /// <summary>What the player is doing.</summary>
    public PlaybackState State
    {
        get
        {
            lock (_gate)
                return _state;
        }
    }

    /// <summary>The place in the song that is being heard: the position of the last <see cref="Restart"/> and what went to the output since.</summary>
    public TimeSpan Position
    {
        get
        {
            lock (_gate)
                return _position;
        }
    }

    /// <summary>How often the sound ran dry after it had started, the song's end not counted.</summary>
    public int Stalls
    {
        get
        {
            lock (_gate)
                return _stalls;
        }
    }

    /// <summary>MP3 bytes that wait to be decoded.</summary>
    public int BufferedBytes => _input.Count;

    /// <summary>Loudness, 0 to 100; acts on the next piece of sound.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not within 0 to 100.</exception>
    public int Volume
    {
        get => _volume;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, PcmVolume.Full);
            _volume = value;
        }
    }

    /// <summary>Starts the player's thread. Bytes may have been written before.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_started)
                throw new InvalidOperationException("The player was started before.");
            if (_over)
                return;
            _started = true;
            _thread.Start();
        }
    }

    /// <summary>Hands over the song's next bytes, cut anywhere; waits while the buffer is full. One write at a time.</summary>
    /// <returns>False when bytes were dropped because the song is over or was restarted elsewhere.</returns>
    /// <exception cref="InvalidOperationException">Another write is waiting, or the song was completed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting; an unknown part of the bytes was taken.</exception>
    public ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> mp3, CancellationToken cancel = default) => _input.WriteAsync(mp3, cancel);

    /// <summary>Says that every byte was written; the rest is played and the player ends.</summary>
    public void Complete() => _input.Complete();

    /// <summary>Holds the sound; bytes are still taken until the buffer is full.</summary>
    public void Pause() => Command(() => _pauseWanted = true);

    /// <summary>Goes on after <see cref="Pause"/>.</summary>
    public void Resume() => Command(() => _pauseWanted = false);

    /// <summary>Ends the song at once: what is buffered is dropped, a waiting writer is released.</summary>
    public void Stop()
    {
        Command(() => _stopWanted = true);
        _input.Close();
        lock (_gate)
        {
            if (_started || _over)
                return;
            _over = true;
            _state = PlaybackState.Ended;
        }

        _completion.TrySetResult(new PlaybackEnd.Stopped());
    }

    /// <summary>Seeks: drops what is buffered and goes on with the bytes written from now on, which begin at another place of the song.</summary>
    /// <param name="position">That place, from where <see cref="Position"/> counts.</param>
    /// <returns>False when the song is already over.</returns>
    public bool Restart(TimeSpan position) => Command(() =>
    {
        _generation = _input.Clear();
        _position = position;
    });

    /// <summary>Stops and waits, up to the deadline of the settings, until everything is closed. Not to be called from an event handler.</summary>
    public void Dispose()
    {
        Stop();
        bool started;
        lock (_gate)
            started = _started;
        // A device that hangs for good keeps its thread; it is a background thread and closes everything should it ever return.
        if (started && Thread.CurrentThread != _thread && !_thread.Join(_settings.CloseDeadline))
            _completion.TrySetResult(new PlaybackEnd.Stopped());
    }

    /// <summary>What the callers want at this moment.</summary>
    internal readonly record struct Wishes(bool Stop, bool Pause, int Generation, CancellationToken Interrupt);

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

            return new Wishes(_stopWanted, _pauseWanted, _generation, _interrupt.Token);
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

    /// <summary>Closes the song to further wishes, unless there is one that has not been seen yet.</summary>
    internal bool TryEnd(int generation)
    {
        lock (_gate)
            return _over = !_stopWanted && !_pauseWanted && generation == _generation;
    }

    internal void Heard(TimeSpan duration, int generation)
    {
        lock (_gate)
        {
            if (generation == _generation)
                _position += duration;
        }
    }

    internal void CountStall()
    {
        lock (_gate)
            _stalls++;
    }

    internal void Enter(PlaybackState state)
    {
        lock (_gate)
        {
            if (_state == state)
                return;
            _state = state;
        }

        StateChanged?.Invoke(state);
    }

    internal void Notify(string notice) => Notice?.Invoke(notice);

    private void Run()
    {
        PlaybackEnd end;
        try
        {
            end = _loop.Play();
        }
#pragma warning disable CA1031 // Nobody can catch on this thread: whatever happens becomes the song's end, told through Completion.
        catch (Exception e)
#pragma warning restore CA1031
        {
            end = new PlaybackEnd.Failed(e.Message);
        }

        _input.Close();
        lock (_gate)
        {
            _over = true;
            _state = PlaybackState.Ended;
            _interrupt.Dispose();
        }

        _completion.TrySetResult(end);
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

    private void Wake()
    {
        lock (_gate)
        {
            _news = true;
            Monitor.PulseAll(_gate);
        }
    }
}
