namespace TspActors.Playback;

/// <summary>
/// Plays songs, one after the other without a gap, from MP3 bytes as they arrive. Its members may be called from any thread and none of them blocks, but for
/// <see cref="Dispose"/>; the sound is made on one thread of its own.
/// </summary>
/// <remarks>
/// Songs are numbered from 0. The output stays open from one to the next unless the format of the samples changes.
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

    // Guarded by _gate: what the callers want, and what has come of it.
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
    private volatile int _volume;

    /// <summary>A player that expects the bytes of song 0; call <see cref="Start"/> once the events are subscribed.</summary>
    /// <param name="backend">What decodes and sounds.</param>
    /// <param name="settings">Limits; null for the defaults.</param>
    public SongPlayer(AudioBackend backend, SongPlayerSettings? settings = null)
    {
        _settings = settings ?? new SongPlayerSettings();
        Volume = _settings.Volume;
        _input = new InputBuffer(_settings.InputBufferBytes, Wake);
        _loop = new PlayerLoop(this, backend, _input, _settings);
        _thread = new Thread(Run) { IsBackground = true, Name = "song player" };
    }

    /// <summary>Something the listener should know, such as a lost device. On the player's thread.</summary>
    public event Action<string>? Notice;

    /// <summary>The <see cref="State"/> has changed, on the player's thread. The end is told by <see cref="Completion"/> alone.</summary>
    public event Action<PlaybackState>? StateChanged;

    /// <summary>
    /// The sound of the song with this number begins to be handed to the output, on the player's thread; once for each song, and not at all for one
    /// without any sound.
    /// </summary>
    public event Action<int>? SongReached;

    /// <summary>Done when the last song is over, or the player was stopped or has failed; it never fails.</summary>
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

    /// <summary>The number of the song that is being heard; 0 before anything is.</summary>
    public int CurrentSong
    {
        get
        {
            lock (_gate)
                return _heard.Song;
        }
    }

    /// <summary>
    /// The place in the song that is being heard: its start, or the position of the last <see cref="Restart(TimeSpan)"/>, and what went to the output since.
    /// </summary>
    public TimeSpan Position
    {
        get
        {
            lock (_gate)
                return _heard.Position;
        }
    }

    /// <summary>How often the sound ran dry since the player began, between two songs too; the end of the last one is not counted.</summary>
    public int Stalls
    {
        get
        {
            lock (_gate)
                return _stalls;
        }
    }

    /// <summary>MP3 bytes that wait to be decoded, of all songs.</summary>
    public int BufferedBytes => _input.Count;

    /// <summary>
    /// Playing time that waits, of all songs: what is decoded exactly, the rest by the bytes that a second took so far in the song being decoded. So it is
    /// near for a variable bitrate, and where another song with another bitrate waits, too; before anything was decoded 128 kbit/s are assumed.
    /// </summary>
    public TimeSpan Buffered
    {
        get
        {
            lock (_gate)
                return _staged + TimeSpan.FromSeconds(_input.Count / _bytesPerSecond);
        }
    }

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

    /// <summary>Hands over the newest song's next bytes, cut anywhere; waits while the buffer is full. One write at a time.</summary>
    /// <returns>False when bytes were dropped because the player is over or was restarted elsewhere.</returns>
    /// <exception cref="InvalidOperationException">Another write is waiting, or the song was completed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting; an unknown part of the bytes was taken.</exception>
    public ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> mp3, CancellationToken cancel = default) => _input.WriteAsync(mp3, cancel);

    /// <summary>
    /// Says that what was written so far, by a write that still waits too, is the whole of the newest song: the bytes written from now on belong to the
    /// next one, which is heard without a gap. Takes a <see cref="Complete"/> back that has not come true yet.
    /// </summary>
    /// <returns>The next song's number.</returns>
    public int BeginNext()
    {
        int song;
        // One step with the boundary: a Restart in between would give the numbers to other songs.
        lock (_gate)
        {
            song = _heard.BeginNext();
            _input.BeginNext();
        }

        return song;
    }

    /// <summary>Says that every byte of the newest song was written; the rest is played and the player ends.</summary>
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

    /// <summary>
    /// Seeks: drops everything that is not heard yet, songs begun by <see cref="BeginNext"/> too. The bytes written from now on are those of
    /// the song that is being heard, which keeps its number, from another place of it.
    /// </summary>
    /// <param name="position">That place, from where <see cref="Position"/> counts.</param>
    /// <returns>False when the player is already over.</returns>
    public bool Restart(TimeSpan position) => Command(() =>
    {
        _generation = _input.Clear();
        _heard.Restart(position);
        _staged = TimeSpan.Zero;
    });

    /// <summary>As <see cref="Restart(TimeSpan)"/>, but only while a certain song is being heard: the sound may have gone on to the next one meanwhile.</summary>
    /// <returns>False when the player is already over or another song is being heard; then nothing has changed.</returns>
    public bool Restart(TimeSpan position, int song)
    {
        lock (_gate)
            return _heard.Song == song && Restart(position);
    }

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

    /// <summary>What the callers want at this moment; the song is the one that is being heard.</summary>
    internal readonly record struct Wishes(bool Stop, bool Pause, int Generation, int Song, CancellationToken Interrupt);

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
            return _over = !_stopWanted && !_pauseWanted && _input.IsCompleted;
        }
    }

    internal void Reach(int song, int generation)
    {
        lock (_gate)
        {
            if (generation != _generation || !_heard.Reach(song))
                return;
        }

        SongReached?.Invoke(song);
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
            _staged = TimeSpan.Zero;
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
