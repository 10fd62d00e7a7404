using TspActors.Playback;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Plays a song's bytes: a <see cref="SongPlayer"/> as a sink.</summary>
internal sealed class SpeakerSink(SongPlayer player) : ISongSink
{
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

    /// <summary>Forgets what is not heard yet; the next bytes belong to <paramref name="position"/>.</summary>
    public void Restart(TimeSpan position) => player.Restart(position);

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await player.WriteAsync(bytes, cancellation).ConfigureAwait(false);
        Interlocked.Add(ref _received, bytes.Length);
    }

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(Song song, CancellationToken cancellation)
    {
        player.Complete();
        var outcome = await player.Completion.WaitAsync(cancellation).ConfigureAwait(false);
        if (outcome is PlaybackEnd.Failed failed)
            throw new IOException(failed.Reason);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        player.Dispose();
        return ValueTask.CompletedTask;
    }
}
