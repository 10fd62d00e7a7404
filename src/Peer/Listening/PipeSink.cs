using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Writes a song's bytes to a stream that is not this sink's own, such as standard output.</summary>
internal sealed class PipeSink(Stream stream) : ISongSink
{
    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => stream.WriteAsync(bytes, cancellation);

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(Song song, CancellationToken cancellation) => await stream.FlushAsync(cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
