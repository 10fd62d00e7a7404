namespace TspActors.Playback;

/// <summary>
/// Plays songs, one after the other without a gap, from MP3 bytes as they arrive. Its members may be called from any thread and none of them blocks, but for
/// <see cref="Dispose()"/>; the sound is made on one thread of its own.
/// </summary>
/// <remarks>
/// Songs are numbered from 0. The output stays open from one to the next unless the format of the samples changes.
/// Events are raised on the player's thread: a handler must be short and must not throw, for the sound waits for it.
/// When <see cref="Completion"/> is done, decoder and output are already closed.
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

    /// <summary>A player that expects the bytes of song 0; call <see cref="Start"/> once the events are subscribed.</summary>
    /// <param name="backend">What decodes and sounds.</param>
    /// <param name="settings">Limits; null for the defaults.</param>
    public SongPlayer(AudioBackend backend, SongPlayerSettings? settings = null)
    {
        _settings = settings ?? new SongPlayerSettings();
        Volume = _settings.Volume;
        _input = new InputBuffer(_settings.InputBufferBytes, () => _control!.Wake());
        _control = new PlayerControl(_input);
        _loop = new PlayerLoop(this, _control, backend, _input, _settings);
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
    public PlaybackState State => _control.State;

    /// <summary>The number of the song that is being heard; 0 before anything is.</summary>
    public int CurrentSong => _control.CurrentSong;

    /// <summary>
    /// The place in the song that is being heard: its start, or the position of the last <see cref="Restart(TimeSpan)"/>, and what went to the output since.
    /// </summary>
    public TimeSpan Position => _control.Position;

    /// <summary>How often the sound ran dry since the player began, between two songs too; the end of the last one is not counted.</summary>
    public int Stalls => _control.Stalls;

    /// <summary>MP3 bytes that wait to be decoded, of all songs.</summary>
    public int BufferedBytes => _input.Count;

    /// <summary>
    /// Playing time that waits, of all songs: what is decoded exactly, the rest by the bytes that a second took so far in the song being decoded. So it is
    /// near for a variable bitrate, and where another song with another bitrate waits, too; before anything was decoded 128 kbit/s are assumed.
    /// </summary>
    public TimeSpan Buffered => _control.Buffered(_input.Count);

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
    public void Start() => _control.Start(_thread);

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
    public int BeginNext() => _control.BeginNext();

    /// <summary>Says that every byte of the newest song was written; the rest is played and the player ends.</summary>
    public void Complete() => _input.Complete();

    /// <summary>Takes a <see cref="Complete"/> back that has not come true yet: more will be written.</summary>
    public void TakeBackComplete() => _input.TakeBackComplete();

    /// <summary>Holds the sound; bytes are still taken until the buffer is full.</summary>
    public void Pause() => _control.Pause(true);

    /// <summary>Goes on after <see cref="Pause"/>.</summary>
    public void Resume() => _control.Pause(false);

    /// <summary>Ends the song at once: what is buffered is dropped, a waiting writer is released.</summary>
    public void Stop()
    {
        var isOver = _control.Stop();
        _input.Close();
        if (isOver)
            _completion.TrySetResult(new PlaybackEnd.Stopped());
    }

    /// <summary>
    /// Seeks: drops everything that is not heard yet, songs begun by <see cref="BeginNext"/> too. The bytes written from now on are those of
    /// the song that is being heard, which keeps its number, from another place of it.
    /// </summary>
    /// <param name="position">That place, from where <see cref="Position"/> counts.</param>
    /// <returns>False when the player is already over.</returns>
    public bool Restart(TimeSpan position) => _control.Restart(position, song: null);

    /// <summary>As <see cref="Restart(TimeSpan)"/>, but only while a certain song is being heard: the sound may have gone on to the next one meanwhile.</summary>
    /// <returns>False when the player is already over or another song is being heard; then nothing has changed.</returns>
    public bool Restart(TimeSpan position, int song) => _control.Restart(position, song);

    /// <summary>Stops and waits, up to the deadline of the settings, until everything is closed. Not to be called from an event handler.</summary>
    public void Dispose()
    {
        Stop();
        // A device that hangs for good keeps its thread; it is a background thread and closes everything should it ever return.
        if (_control.Started && Thread.CurrentThread != _thread && !_thread.Join(_settings.CloseDeadline))
            _completion.TrySetResult(new PlaybackEnd.Stopped());
    }

    /// <summary>As <see cref="Dispose"/>, without holding a thread.</summary>
    public async ValueTask DisposeAsync()
    {
        Stop();
        try
        {
            await Completion.WaitAsync(_settings.CloseDeadline).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // As in Dispose: a device that hangs for good.
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
#pragma warning disable CA1031 // Nobody can catch on this thread: whatever happens becomes the song's end, told through Completion.
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
