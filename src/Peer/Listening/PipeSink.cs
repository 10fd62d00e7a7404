using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>A sink that writes a song to a stream it does not own, such as standard output.</summary>
internal sealed class PipeSink(Stream stream) : ISavingSink
{
    private long _written;

    /// <inheritdoc/>
    public long Written => Interlocked.Read(ref _written);

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await stream.WriteAsync(bytes, cancellation).ConfigureAwait(false);
        Interlocked.Add(ref _written, bytes.Length);
    }

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(Song song, CancellationToken cancellation) =>
        await stream.FlushAsync(cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
