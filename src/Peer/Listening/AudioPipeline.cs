using TspActors.Playback;

namespace TspActors.Peer.Listening;

/// <summary>Plays songs one after the other: a <see cref="SongPlayer"/> that is fed by one fetch at a time, each in a <see cref="PlayerSink"/> of its own.</summary>
/// <remarks>The members are for one caller, the PlaybackActor; only the turns are used by others.</remarks>
internal sealed class AudioPipeline(SongPlayer player) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private PlayerSink? _turn;
    private int? _next;
    private bool _isCompleted;
    private volatile bool _paused;

    /// <summary>Something people should know about the sound: a lost device, say. On any thread.</summary>
    public event Action<string>? Noticed
    {
        add => player.Notice += value;
        remove => player.Notice -= value;
    }

    /// <summary>The song of this number begins to be heard; the first is 0. On the player's thread.</summary>
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

    public int Volume
    {
        get => player.Volume;
        set => player.Volume = value;
    }

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

    /// <summary>Begins to play; after the events are subscribed.</summary>
    public void Start() => player.Start();

    /// <summary>Lets a turn write the first song.</summary>
    public void Begin(PlayerSink turn) => Give(turn, 0);

    /// <summary>Everything of the newest song was written. May be told anew, otherwise, until the next one is begun.</summary>
    /// <param name="more">Another song follows: the sound waits for it, where it would end otherwise.</param>
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

    /// <summary>Lets a turn write the next song; after <see cref="EndSong"/> with more to come.</summary>
    public void BeginNext(PlayerSink turn)
    {
        Give(turn, _next!.Value);
        _next = null;
    }

    /// <summary>Forgets what is not heard yet, and lets a turn write the song that is heard, from another place.</summary>
    /// <param name="position">That place.</param>
    /// <param name="song">The number of the song that is thought to be heard.</param>
    /// <param name="turn">Where its bytes go now; what wrote before may write nothing any more.</param>
    /// <returns>False when another song is heard by now, or all is over; then nothing has changed.</returns>
    public bool TryRestart(TimeSpan position, int song, PlayerSink turn)
    {
        lock (_gate)
        {
            if (!player.Seek(position, song))
                return false;
            (_next, _isCompleted) = (null, false);
            Give(turn, song);
            return true;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => player.DisposeAsync();

    /// <summary>Hands bytes to the player.</summary>
    /// <exception cref="OperationCanceledException">It is not this turn's time any more.</exception>
    internal ValueTask<bool> WriteAsync(PlayerSink turn, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        lock (_gate)
        {
            ThrowIfOver(turn);
            return player.WriteAsync(bytes, cancellation);
        }
    }

    private void Give(PlayerSink turn, int number)
    {
        lock (_gate)
        {
            _turn = turn;
            turn.Open(this, number);
        }
    }

    private void ThrowIfOver(PlayerSink turn)
    {
        if (turn != _turn)
            throw new OperationCanceledException("The sound goes on with something else.");
    }
}
