using TspActors.Mpeg;
using TspActors.Playback;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>
/// A sink that feeds the player. It may receive bytes before the player is ready for them. In that case, its first write waits, and so does
/// the host.
/// </summary>
/// <remarks>
/// After a seek, or for the next song, a new sink writes to the player. The earlier sink may still be writing bytes that must not become
/// audible, so <see cref="AudioPipeline"/> refuses writes from a replaced sink.
/// </remarks>
internal sealed class PlayerSink : ISongSink
{
    private readonly TaskCompletionSource<AudioPipeline> _pipeline = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _head = new byte[Mp3SeekTable.HeadBytes];
    private long _written;
    private volatile bool _hasBytes;

    /// <summary>The song's number in the player; -1 until the sink is connected.</summary>
    public int Number { get; private set; } = -1;

    /// <summary>The song whose bytes are arriving; null before the first byte.</summary>
    public Song? Song { get; private set; }

    /// <summary>Whether the sink has received bytes, written or not.</summary>
    public bool HasBytes => _hasBytes;

    /// <summary>The number of bytes that the player has accepted.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <inheritdoc/>
    // No listener is waiting for the bytes of a sink that is not connected yet.
    public TimeSpan Ahead => _pipeline.Task.IsCompletedSuccessfully ? _pipeline.Task.Result.Buffered : TimeSpan.MaxValue;

    /// <summary>The first bytes that the player has accepted, enough to read an <see cref="Mp3SeekTable"/> from.</summary>
    public ReadOnlySpan<byte> Head => _head.AsSpan(0, (int)Math.Min(Written, _head.Length));

    /// <inheritdoc/>
    public void Announce(Song song) => Song = song;

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

    /// <summary>Returns once the player has every byte. It does not wait until the song has been heard.</summary>
    public async ValueTask CompleteAsync(Song song, CancellationToken cancellation) =>
        await _pipeline.Task.WaitAsync(cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    // The PlaybackActor owns the player.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Connects this sink to the player.</summary>
    internal void Connect(AudioPipeline pipeline, int number)
    {
        Number = number;
        _pipeline.TrySetResult(pipeline);
    }
}
