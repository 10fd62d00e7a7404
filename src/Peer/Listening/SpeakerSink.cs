using TspActors.Playback;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Plays a song's bytes: a <see cref="SongPlayer"/> as a sink.</summary>
internal sealed class SpeakerSink(SongPlayer player) : ISongSink
{
    private long _received;

    /// <summary>Something people should know about the sound: a lost device, say. On any thread.</summary>
    public event Action<string>? Noticed
    {
        add => player.Noticed += value;
        remove => player.Noticed -= value;
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
        get => player.IsPaused;
        set
        {
            if (value)
                player.Pause();
            else
                player.Resume();
        }
    }

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
        if (outcome.Failure is { } failure)
            throw new IOException(failure);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        player.Dispose();
        return ValueTask.CompletedTask;
    }
}
