using TspActors.Mpeg;
using TspActors.Playback;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>
/// A sink whose bytes are played. It may be filled before the player has a use for it: then the first write waits, and the host waits with
/// it.
/// </summary>
/// <remarks>
/// A seek, or another song, replaces the sink that writes to the player. The earlier sink may have a write under way that must not be heard
/// any more; the <see cref="AudioPipeline"/> refuses the writes of a sink that was replaced.
/// </remarks>
internal sealed class PlayerSink : ISongSink
{
    private readonly TaskCompletionSource<AudioPipeline> _pipeline = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _head = new byte[Mp3SeekTable.HeadBytes];
    private long _written;
    private volatile bool _hasBytes;

    /// <summary>The song's number in the player; -1 before the sink is connected.</summary>
    public int Number { get; private set; } = -1;

    /// <summary>Bytes wait here, or were written.</summary>
    public bool HasBytes => _hasBytes;

    /// <summary>Bytes that the player has accepted.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <inheritdoc/>
    // Before the sink is connected nobody misses its bytes.
    public TimeSpan Ahead => _pipeline.Task.IsCompletedSuccessfully ? _pipeline.Task.Result.Buffered : TimeSpan.MaxValue;

    /// <summary>The first bytes that the player has accepted, enough to find a <see cref="Mp3SeekTable"/> in them.</summary>
    public ReadOnlySpan<byte> Head => _head.AsSpan(0, (int)Math.Min(Written, _head.Length));

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (_written < _head.Length)
            bytes.Span[..(int)Math.Min(bytes.Length, _head.Length - _written)].CopyTo(_head.AsSpan((int)_written));
        _hasBytes = true;
        var pipeline = await _pipeline.Task.WaitAsync(cancellation).ConfigureAwait(false);
        if (await pipeline.WriteAsync(this, bytes, cancellation).ConfigureAwait(false))
            Interlocked.Add(ref _written, bytes.Length);
        else if (pipeline.Completion.IsCompleted && await pipeline.Completion.ConfigureAwait(false) is PlaybackEnd.Failed failed)
            throw new IOException(failed.Reason);
    }

    /// <summary>Returns when everything is with the player. What follows, and when it is heard, is not this sink's concern.</summary>
    public async ValueTask CompleteAsync(Song song, CancellationToken cancellation) =>
        await _pipeline.Task.WaitAsync(cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    // The player belongs to the PlaybackActor.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Connects this sink to the player.</summary>
    internal void Connect(AudioPipeline pipeline, int number)
    {
        Number = number;
        _pipeline.TrySetResult(pipeline);
    }
}
