using Akka.Actor;
using TspActors.Peer.Listening;
using TspActors.Peer.Saving;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Live.Recording;

/// <summary>
/// A sink that writes a live feed to a stream as it arrives, so that the file can be played even if the program is killed.
/// </summary>
/// <param name="target">The destination of the sound.</param>
/// <param name="owner">Receives <see cref="Written"/> after each write.</param>
internal sealed class RecordingSink(RecordingTarget target, IActorRef owner) : ISongSink
{
    private long _written;

    // Nobody is listening, so there is time to wait for a host or to find another one.
    public TimeSpan Ahead => TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            await target.Stream.WriteAsync(bytes, cancellation).ConfigureAwait(false);
            await target.Stream.FlushAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (target.Path is { } path && error is IOException or UnauthorizedAccessException)
        {
            throw SaveFailure.Explain(error, path, path);
        }

        _written += bytes.Length;
        owner.Tell(new Written(_written));
    }

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(Song song, CancellationToken cancellation) =>
        await target.Stream.FlushAsync(cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => target.Stream.DisposeAsync();

    /// <summary>To the owner: this many bytes have been written.</summary>
    internal sealed record Written(long Bytes) : ILocalMessage;
}
