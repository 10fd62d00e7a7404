using TspActors.Playback;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>
/// Wraps a <see cref="SongPlayer"/> that plays one song after another without a gap. Only one <see cref="PlayerSink"/> at a time may write
/// to the player.
/// </summary>
/// <param name="player">The player.</param>
/// <param name="rules">The rules for the gain and the crossfade of songs; null = songs are played unchanged.</param>
/// <remarks>Only the PlaybackActor controls playback. The sinks write to the player and read its state from other threads.</remarks>
internal sealed class AudioPipeline(SongPlayer player, CueRules? rules = null) : IAsyncDisposable
{
    private readonly CueRules _rules = rules ?? CueRules.Plain;
    private readonly Lock _gate = new();
    private PlayerSink? _writer;

    // The newest song whose cue the player has received, with its number.
    private (int Number, Song? Song) _cued = (-1, null);
    private int? _next;
    private bool _isCompleted;
    private volatile bool _paused;

    /// <summary>Raised with a notice for the user, for example when a device is lost.</summary>
    public event Action<string>? Noticed
    {
        add => player.Notice += value;
        remove => player.Notice -= value;
    }

    /// <summary>Raised on the player's thread when a song becomes audible, with the song's number. The first song is 0.</summary>
    public event Action<int>? Reached
    {
        add => player.SongReached += value;
        remove => player.SongReached -= value;
    }

    /// <summary>The number of the audible song.</summary>
    public int Song => player.CurrentSong;

    /// <summary>The playback position in the audible song.</summary>
    public TimeSpan Position => player.Position;

    /// <summary>The duration of the audio that is buffered but has not been heard yet.</summary>
    public TimeSpan Buffered => player.Buffered;

    /// <summary>How many times playback has stalled for lack of bytes.</summary>
    public int Stalls => player.Stalls;

    /// <summary>Completes when playback ends. The result says how it ended.</summary>
    public Task<PlaybackEnd> Completion => player.Completion;

    /// <summary>The volume, 0 to 100.</summary>
    public int Volume
    {
        get => player.Volume;
        set => player.Volume = value;
    }

    /// <summary>Whether playback is paused.</summary>
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

    /// <summary>Starts playback. Subscribe to the events first.</summary>
    public void Start() => player.Start();

    /// <summary>Connects the sink of the first song.</summary>
    public void BeginFirst(PlayerSink sink) => Connect(sink, 0);

    /// <summary>
    /// Marks the newest song as fully written. Until the next song begins, a later call may change <paramref name="more"/>.
    /// </summary>
    /// <param name="more">Whether another song follows. If so, the player waits for it instead of ending.</param>
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

    /// <summary>Connects the sink of the next song. Call <see cref="EndSong"/> with more = true first.</summary>
    public void BeginNext(PlayerSink sink)
    {
        Connect(sink, _next!.Value);
        _next = null;
    }

    /// <summary>Drops all audio that has not been heard yet, and restarts the audible song at the given position.</summary>
    /// <param name="position">The position in the song.</param>
    /// <param name="song">The number of the song that the caller believes is audible.</param>
    /// <param name="sink">The sink that writes to the player from now on. Writes from the earlier sink are refused.</param>
    /// <returns>False if another song is already audible, or playback has ended. In that case, nothing has changed.</returns>
    public bool TryRestart(TimeSpan position, int song, PlayerSink sink)
    {
        lock (_gate)
        {
            if (!player.Seek(position, song))
                return false;
            (_next, _isCompleted, _cued) = (null, false, (-1, null));
            Connect(sink, song);
            return true;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => player.DisposeAsync();

    /// <summary>Passes a sink's bytes to the player.</summary>
    /// <exception cref="OperationCanceledException">Another sink has replaced this one.</exception>
    internal ValueTask<bool> WriteAsync(PlayerSink sink, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (sink != _writer)
                throw new OperationCanceledException("Another sink has replaced this one.");
            if (sink.Song is { } song && sink.Number != _cued.Number)
            {
                player.SetCue(sink.Number, _rules.CueFor(song, sink.Number == _cued.Number + 1 ? _cued.Song : null));
                _cued = (sink.Number, song);
            }

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
