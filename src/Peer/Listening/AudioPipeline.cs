using TspActors.Playback;

namespace TspActors.Peer.Listening;

/// <summary>
/// A <see cref="SongPlayer"/> that one <see cref="PlayerSink"/> at a time may fill: it plays one song after the other without a gap.
/// </summary>
/// <remarks>The members are for one caller, the PlaybackActor. Only the sinks call from elsewhere.</remarks>
internal sealed class AudioPipeline(SongPlayer player) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private PlayerSink? _writer;
    private int? _next;
    private bool _isCompleted;
    private volatile bool _paused;

    /// <summary>Raised with a notice for people, about a lost device, say. On any thread.</summary>
    public event Action<string>? Noticed
    {
        add => player.Notice += value;
        remove => player.Notice -= value;
    }

    /// <summary>Raised when the song of this number begins to be heard; the first is 0. On the player's thread.</summary>
    public event Action<int>? Reached
    {
        add => player.SongReached += value;
        remove => player.SongReached -= value;
    }

    /// <summary>The number of the song that is heard.</summary>
    public int Song => player.CurrentSong;

    /// <summary>How much of it was heard.</summary>
    public TimeSpan Position => player.Position;

    /// <summary>Playing time that is here and not heard yet.</summary>
    public TimeSpan Buffered => player.Buffered;

    /// <summary>How often the sound ran dry.</summary>
    public int Stalls => player.Stalls;

    /// <summary>How the sound ended.</summary>
    public Task<PlaybackEnd> Completion => player.Completion;

    /// <summary>The volume, 0 to 100.</summary>
    public int Volume
    {
        get => player.Volume;
        set => player.Volume = value;
    }

    /// <summary>The sound is held.</summary>
    public bool Paused
    {
        get => _paused;
        set
        {
            _paused = value;
            if (value)
                player.Pause();
            else
                player.Resume();
        }
    }

    /// <summary>Starts to play; call it once the events are subscribed.</summary>
    public void Start() => player.Start();

    /// <summary>Lets a sink write the first song.</summary>
    public void BeginFirst(PlayerSink sink) => Connect(sink, 0);

    /// <summary>
    /// Says that everything of the newest song was written. It may be called again, with another answer, until the next song begins.
    /// </summary>
    /// <param name="more">Another song follows: the sound waits for it instead of ending.</param>
    public void EndSong(bool more)
    {
        if (more && _next is null)
            _next = player.BeginNext();
        else if (more && _isCompleted)
            player.WithdrawComplete();
        else if (!more && !_isCompleted)
            player.Complete();
        _isCompleted = !more;
    }

    /// <summary>Lets a sink write the next song; call it after <see cref="EndSong"/> with more to come.</summary>
    public void BeginNext(PlayerSink sink)
    {
        Connect(sink, _next!.Value);
        _next = null;
    }

    /// <summary>Forgets what is not heard yet, and lets a sink write the song that is heard from another position.</summary>
    /// <param name="position">The position.</param>
    /// <param name="song">The number of the song that must be the one that is heard.</param>
    /// <param name="sink">Where its bytes go now; the earlier sink can write nothing more.</param>
    /// <returns>False when another song is heard by now, or the sound is over; then nothing has changed.</returns>
    public bool TryRestart(TimeSpan position, int song, PlayerSink sink)
    {
        lock (_gate)
        {
            if (!player.Seek(position, song))
                return false;
            (_next, _isCompleted) = (null, false);
            Connect(sink, song);
            return true;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => player.DisposeAsync();

    /// <summary>Hands bytes to the player.</summary>
    /// <exception cref="OperationCanceledException">Another sink has replaced this one.</exception>
    internal ValueTask<bool> WriteAsync(PlayerSink sink, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (sink != _writer)
                throw new OperationCanceledException("The sound goes on with something else.");
            return player.WriteAsync(bytes, cancellation);
        }
    }

    private void Connect(PlayerSink sink, int number)
    {
        lock (_gate)
        {
            _writer = sink;
            sink.Connect(this, number);
        }
    }
}
