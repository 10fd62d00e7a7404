using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>
/// A sink that drops the bytes of a live feed, because its owner passes on the chunks that arrive as messages. The owner's listeners have
/// only a few seconds of audio in reserve, so a silent host is soon replaced.
/// </summary>
/// <param name="time">The clock; null = the system clock.</param>
internal sealed class ChunkOnlySink(TimeProvider? time = null) : ISongSink
{
    // Less than any listener has in reserve, so that another host takes over before the listeners leave.
    private static readonly TimeSpan PatienceWithHost = TimeSpan.FromSeconds(2.5);

    // For listeners that have run dry, waiting a little longer is better than connecting again.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(13);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private long? _writtenAt;

    /// <inheritdoc/>
    public TimeSpan Ahead => PatienceWithHost;

    /// <inheritdoc/>
    public TimeSpan Patience => _writtenAt is { } at ? LongestPause - _time.GetElapsedTime(at) : TimeSpan.Zero;

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        _writtenAt = _time.GetTimestamp();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask CompleteAsync(Song song, CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
