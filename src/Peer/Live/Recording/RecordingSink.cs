using Akka.Actor;
using TspActors.Peer.Listening;
using TspActors.Peer.Saving;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Live.Recording;

/// <summary>
/// A sink that writes a live feed to its target as the audio arrives, so that a recorded file can be played even if the program is killed.
/// </summary>
/// <param name="target">The destination of the audio.</param>
/// <param name="owner">Receives <see cref="Written"/> after each write.</param>
/// <param name="time">The clock; null = the system clock.</param>
internal sealed class RecordingSink(RecordingTarget target, IActorRef owner, TimeProvider? time = null) : ISongSink
{
    // Nobody is listening, so there is time to find another host, or for a host to come back. But a recording must end at some point.
    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(2);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private long _writtenAt = (time ?? TimeProvider.System).GetTimestamp();
    private long _written;

    public TimeSpan Ahead
    {
        get
        {
            var left = LongestPause - _time.GetElapsedTime(Volatile.Read(ref _writtenAt));
            return left > UsualWait ? UsualWait : left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Whether any audio has been written to the target.</summary>
    public bool HasWritten => Volatile.Read(ref _written) > 0;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            // An existing file at this path is kept until there is something to replace it with.
            if (_written == 0 && target.Path is not null)
                target.Stream.SetLength(0);
            await target.Stream.WriteAsync(bytes, cancellation).ConfigureAwait(false);
            await target.Stream.FlushAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (target.Path is { } path && error is IOException or UnauthorizedAccessException)
        {
            throw SaveFailure.Explain(error, path, path);
        }

        Volatile.Write(ref _writtenAt, _time.GetTimestamp());
        Volatile.Write(ref _written, _written + bytes.Length);
        owner.Tell(new Written(_written));
    }

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(Song song, CancellationToken cancellation) =>
        await target.Stream.FlushAsync(cancellation).ConfigureAwait(false);

    /// <summary>
    /// Removes everything after the given number of bytes, unless the target is a pipe. Nothing may be written afterwards.
    /// </summary>
    public void Cut(long bytes)
    {
        if (target.Stream.CanSeek && target.Stream.Length > bytes)
            target.Stream.SetLength(bytes);
    }

    /// <summary>Closes the target. If the file was created for this recording and nothing was recorded, it is deleted.</summary>
    public async ValueTask DisposeAsync()
    {
        await target.Stream.DisposeAsync().ConfigureAwait(false);
        if (_written == 0 && target is { IsNew: true, Path: { } path })
            File.Delete(path);
    }

    /// <summary>To the owner: this many bytes have been written.</summary>
    internal sealed record Written(long Bytes) : ILocalMessage;
}
