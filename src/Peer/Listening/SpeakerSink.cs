using TspActors.Playback;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Plays a song's bytes: a <see cref="SongPlayer"/> as a sink.</summary>
/// <remarks>
/// A seek replaces the fetch that writes. The one before may have a write under way that the player must not hear any more, so each fetch writes in a turn of
/// its own, and a turn that was replaced is refused.
/// </remarks>
internal sealed class SpeakerSink(SongPlayer player) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private Turn? _turn;
    private long _received;
    private volatile bool _paused;

    /// <summary>Something people should know about the sound: a lost device, say. On any thread.</summary>
    public event Action<string>? Noticed
    {
        add => player.Notice += value;
        remove => player.Notice -= value;
    }

    public TimeSpan Position => player.Position;

    public long Received => Interlocked.Read(ref _received);

    public int Stalls => player.Stalls;

    /// <summary>Playing time that waits to be heard.</summary>
    public TimeSpan Buffered => player.Buffered;

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

    /// <summary>Begins to play; after <see cref="Noticed"/> is subscribed.</summary>
    public void Start() => player.Start();

    /// <summary>Where the song's bytes go, from its start.</summary>
    public Turn Begin()
    {
        lock (_gate)
            return _turn = new Turn(this);
    }

    /// <summary>Forgets what is not heard yet.</summary>
    /// <returns>Where the next bytes go: those of <paramref name="position"/>. What was returned before takes nothing any more.</returns>
    public Turn Restart(TimeSpan position)
    {
        lock (_gate)
        {
            player.Restart(position);
            return _turn = new Turn(this);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => player.DisposeAsync();

    private ValueTask<bool> BeginWrite(Turn turn, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        lock (_gate)
        {
            ThrowIfOver(turn);
            return player.WriteAsync(bytes, cancellation);
        }
    }

    private Task<PlaybackEnd> Complete(Turn turn)
    {
        lock (_gate)
        {
            ThrowIfOver(turn);
            player.Complete();
            return player.Completion;
        }
    }

    // A player that has failed takes nothing more: then the song need not be fetched to its end.
    private async ValueTask ThrowIfFailedAsync()
    {
        if (player.Completion.IsCompleted && await player.Completion.ConfigureAwait(false) is PlaybackEnd.Failed failed)
            throw new IOException(failed.Reason);
    }

    private void ThrowIfOver(Turn turn)
    {
        if (turn != _turn)
            throw new OperationCanceledException("The song goes on from another place.");
    }

    /// <summary>The bytes of one fetch.</summary>
    internal sealed class Turn(SpeakerSink owner) : ISongSink
    {
        public SpeakerSink Speakers => owner;

        public TimeSpan Ahead => owner.Buffered;

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            if (await owner.BeginWrite(this, bytes, cancellation).ConfigureAwait(false))
                Interlocked.Add(ref owner._received, bytes.Length);
            else
                await owner.ThrowIfFailedAsync().ConfigureAwait(false);
        }

        public async ValueTask CompleteAsync(Song song, CancellationToken cancellation)
        {
            var outcome = await owner.Complete(this).WaitAsync(cancellation).ConfigureAwait(false);
            if (outcome is PlaybackEnd.Failed failed)
                throw new IOException(failed.Reason);
        }

        public ValueTask DisposeAsync() => owner.DisposeAsync();
    }
}
