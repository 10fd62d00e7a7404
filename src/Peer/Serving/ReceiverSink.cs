using TspActors.Gateway.Swarm;
using TspActors.Peer.Listening;
using TspActors.Protocol;

namespace TspActors.Peer.Serving;

/// <summary>The sink of a song that the gateway fetches.</summary>
internal sealed class ReceiverSink(ISongReceiver receiver) : ISongSink
{
    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => receiver.WriteAsync(bytes, cancellation);

    /// <inheritdoc/>
    public ValueTask CompleteAsync(Song song, CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
