using TspActors.Playback.Player;

namespace TspActors.Playback;

/// <summary>
/// Plays MP3 bytes as they arrive, song after song without a gap. All members are thread-safe, and only <see cref="Dispose()"/> blocks. A
/// dedicated thread decodes and plays.
/// </summary>
/// <remarks>
/// Songs are numbered from 0. The output stays open between songs unless the sample format changes.
/// Events are raised on the player's thread. A handler must be short and must not throw, because playback waits for it.
/// By the time <see cref="Completion"/> completes, the decoder and the output have been closed, unless a device hangs.
/// </remarks>
public sealed class SongPlayer : IDisposable, IAsyncDisposable
{
    private readonly SongPlayerSettings _settings;
    private readonly InputBuffer _input;
    private readonly PlayerControl _control;
    private readonly PlayerLoop _loop;
    private readonly Thread _thread;
    private readonly TaskCompletionSource<PlaybackEnd> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile int _volume;

    /// <summary>Creates a player that expects the bytes of song 0. Call <see cref="Start"/> after subscribing to the events.</summary>
    /// <param name="backend">The decoder and output to use.</param>
    /// <param name="settings">The limits and the initial volume; null for the defaults.</param>
    public SongPlayer(AudioBackend backend, SongPlayerSettings? settings = null)
    {
        _settings = settings ?? new SongPlayerSettings();
        Volume = _settings.Volume;
        _input = new InputBuffer(_settings.InputBufferBytes, () => _control!.Wake());
        _control = new PlayerControl(_input);
        _loop = new PlayerLoop(this, _control, backend, _input, _settings);
        _thread = new Thread(Run) { IsBackground = true, Name = "song player" };
    }

    /// <summary>Raised on the player's thread with a notice for the listener, for example about a lost device.</summary>
    public event Action<string>? Notice;

    /// <summary>Raised on the player's thread when <see cref="State"/> changes. Only <see cref="Completion"/> reports the end.</summary>
    public event Action<PlaybackState>? StateChanged;

    /// <summary>
    /// Raised on the player's thread with a song's number when the song's first sound goes to the output. The event is not raised for a
    /// song without sound.
    /// </summary>
    public event Action<int>? SongReached;

    /// <summary>Completes when the last song has ended, or when the player has been stopped or has failed. The task never faults.</summary>
    public Task<PlaybackEnd> Completion => _completion.Task;

    /// <summary>The current state of the player.</summary>
    public PlaybackState State => _control.State;

    /// <summary>The number of the audible song; 0 before anything is audible.</summary>
    public int CurrentSong => _control.CurrentSong;

    /// <summary>
    /// The position in the audible song: the target of the last <see cref="Seek(TimeSpan)"/> in this song (zero without a seek), plus the
    /// time that the output has played since then.
    /// </summary>
    public TimeSpan Position => _control.Position;

    /// <summary>How many times playback has stalled for lack of bytes, within songs or between them, but not at the end.</summary>
    public int Stalls => _control.Stalls;

    /// <summary>The number of MP3 bytes, across all songs, that are waiting to be decoded.</summary>
    public int BufferedBytes => _input.Count;

    /// <summary>
    /// The duration of the buffered audio of all songs. It is exact for decoded sound. The rest is estimated from the current song's byte
    /// rate so far, which is approximate for a variable bitrate and for waiting songs with a different bitrate. Before anything is decoded,
    /// the estimate assumes 128 kbit/s.
    /// </summary>
    public TimeSpan Buffered => _control.EstimateBuffered(_input.Count);

    /// <summary>The volume, from 0 to 100. A change takes effect with the next block of sound, if the backend applies the volume.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not between 0 and 100.</exception>
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

    /// <summary>Starts the player's thread. Bytes may be written before that.</summary>
    public void Start() => _control.Start(_thread);

    /// <summary>
    /// Writes the next bytes of the newest song, split at any point. Waits while the buffer is full. Only one write may be pending.
    /// </summary>
    /// <returns>False if bytes were dropped, because playback has ended or has moved to a different position.</returns>
    /// <exception cref="InvalidOperationException">Another write is waiting, or the song is complete.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled. Some of the bytes may have been accepted.</exception>
    public ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> mp3, CancellationToken cancel = default) => _input.WriteAsync(mp3, cancel);

    /// <summary>
    /// Ends the newest song after all bytes written so far, including a pending write. Later bytes belong to the next song, which follows
    /// without a gap. Also withdraws a <see cref="Complete"/> that has not taken effect yet.
    /// </summary>
    /// <returns>The number of the next song.</returns>
    public int BeginNext() => _control.BeginNext();

    /// <summary>
    /// Sets how to play a song. Call it before the first bytes of the song are written. Without this call, the song's cue is
    /// <see cref="SongCue.Plain"/>.
    /// </summary>
    /// <param name="song">The song's number.</param>
    /// <param name="cue">How to play the song.</param>
    /// <exception cref="ArgumentOutOfRangeException">The gain is negative or not finite, or the crossfade is negative.</exception>
    public void SetCue(int song, SongCue cue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cue.Gain);
        ArgumentOutOfRangeException.ThrowIfEqual(double.IsFinite(cue.Gain), false, nameof(cue));
        ArgumentOutOfRangeException.ThrowIfLessThan(cue.Fade, TimeSpan.Zero);
        _control.SetCue(song, cue);
    }

    /// <summary>Ends the newest song after all bytes written so far. The player plays the rest and then stops.</summary>
    public void Complete() => _input.Complete();

    /// <summary>Withdraws a <see cref="Complete"/> that has not taken effect yet, because more bytes will follow.</summary>
    public void WithdrawComplete() => _input.WithdrawComplete();

    /// <summary>Pauses playback. The buffer still accepts bytes until it is full.</summary>
    public void Pause() => _control.RequestPause(true);

    /// <summary>Continues after <see cref="Pause"/>.</summary>
    public void Resume() => _control.RequestPause(false);

    /// <summary>Ends playback immediately, drops everything buffered, and releases a waiting writer.</summary>
    public void Stop()
    {
        var isOver = _control.RequestStop();
        _input.Close();
        if (isOver)
            _completion.TrySetResult(new PlaybackEnd.Stopped());
    }

    /// <summary>
    /// Drops everything that is not yet audible, including songs started by <see cref="BeginNext"/>. Later bytes belong to a different
    /// position in the audible song, which keeps its number.
    /// </summary>
    /// <param name="position">The new position, from which <see cref="Position"/> counts.</param>
    /// <returns>False if playback has already ended.</returns>
    public bool Seek(TimeSpan position) => _control.SeekTo(position, song: null);

    /// <summary>
    /// Seeks like <see cref="Seek(TimeSpan)"/>, but only if the given song is audible. Playback may have reached the next song since the
    /// caller decided to seek.
    /// </summary>
    /// <returns>False if playback has already ended or a different song is audible; in that case, nothing changes.</returns>
    public bool Seek(TimeSpan position, int song) => _control.SeekTo(position, song);

    /// <summary>Stops the player and waits, up to a deadline, until everything is closed. Do not call it from an event handler.</summary>
    public void Dispose()
    {
        Stop();
        // If a call to the device hangs, the thread remains. It is a background thread, and it closes everything if that call ever returns.
        var wasStarted = !_thread.ThreadState.HasFlag(ThreadState.Unstarted);
        if (wasStarted && Thread.CurrentThread != _thread && !_thread.Join(_settings.CloseDeadline))
            _completion.TrySetResult(new PlaybackEnd.Stopped());
    }

    /// <summary>Does the same as <see cref="Dispose()"/> without blocking a thread.</summary>
    public async ValueTask DisposeAsync()
    {
        Stop();
        try
        {
            await Completion.WaitAsync(_settings.CloseDeadline).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // As in Dispose, the thread remains, because a call to the device hangs.
            _completion.TrySetResult(new PlaybackEnd.Stopped());
        }
    }

    internal void Enter(PlaybackState state)
    {
        if (_control.Enter(state))
            StateChanged?.Invoke(state);
    }

    internal void Reach(int song, int generation)
    {
        if (_control.Reach(song, generation))
            SongReached?.Invoke(song);
    }

    internal void Notify(string notice) => Notice?.Invoke(notice);

    private void Run()
    {
        PlaybackEnd end;
        try
        {
            end = _loop.Play();
        }
#pragma warning disable CA1031 // Nothing on this thread could handle an exception, so playback ends and Completion reports the error.
        catch (Exception e)
#pragma warning restore CA1031
        {
            end = new PlaybackEnd.Failed(e.Message);
        }

        _input.Close();
        _control.End();
        _completion.TrySetResult(end);
    }
}
