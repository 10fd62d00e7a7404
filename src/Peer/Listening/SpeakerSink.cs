using TspActors.Playback;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Plays a song's bytes: a <see cref="SongPlayer"/> as a sink.</summary>
/// <remarks>
/// After a seek the bytes come from another fetch, while the one before may still have a write under way. So each fetch writes to a part of its own
/// (<see cref="From"/>), and what comes for an earlier part is dropped.
/// </remarks>
internal sealed class SpeakerSink(SongPlayer player) : ISongSink
{
    private readonly Lock _gate = new();
    private Part? _current;
    private long _received;
    private volatile bool _paused;

    /// <summary>Something people should know about the sound: a lost device, say. On any thread.</summary>
    public event Action<string>? Noticed
    {
        add => player.Notice += value;
        remove => player.Notice -= value;
    }

    public TimeSpan Position => player.Position;

    /// <summary>Bytes that were handed over, those that were dropped by a seek included.</summary>
    public long Received => Interlocked.Read(ref _received);

    public int Stalls => player.Stalls;

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

    /// <summary>Forgets what is not heard yet; what is written to the sink that is returned belongs to the song from <paramref name="position"/> on.</summary>
    public ISongSink From(TimeSpan position)
    {
        lock (_gate)
        {
            player.Restart(position);
            return _current = new Part(this);
        }
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => WriteAsync(null, bytes, cancellation);

    /// <inheritdoc/>
    public ValueTask CompleteAsync(Song song, CancellationToken cancellation) => FinishAsync(null, cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        player.Stop();
        // Waits for the player's thread.
        await Task.Run(player.Dispose).ConfigureAwait(false);
    }

    private async ValueTask WriteAsync(Part? part, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        ValueTask<bool> write;
        lock (_gate)
        {
            if (part != _current)
                return;
            write = player.WriteAsync(bytes, cancellation);
        }

        if (await write.ConfigureAwait(false))
            Interlocked.Add(ref _received, bytes.Length);
        else if (player.Completion.IsCompleted && await player.Completion.ConfigureAwait(false) is PlaybackEnd.Failed failed)
            throw new IOException(failed.Reason);
    }

    private async ValueTask FinishAsync(Part? part, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (part != _current)
                return;
            player.Complete();
        }

        if (await player.Completion.WaitAsync(cancellation).ConfigureAwait(false) is PlaybackEnd.Failed failed)
            throw new IOException(failed.Reason);
    }

    private sealed class Part(SpeakerSink speakers) : ISongSink
    {
        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => speakers.WriteAsync(this, bytes, cancellation);

        public ValueTask CompleteAsync(Song song, CancellationToken cancellation) => speakers.FinishAsync(this, cancellation);

        // The player is the speakers' own.
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
