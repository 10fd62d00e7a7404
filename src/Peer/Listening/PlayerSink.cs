using TspActors.Mpeg;
using TspActors.Playback;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Where the bytes of one fetch go to be heard. It may be filled before it is its time: then the first write waits, and with it the host.</summary>
/// <remarks>
/// A seek, or another song, replaces the fetch that writes. The one before may have a write under way that must not be heard any more; so each fetch has a
/// turn of its own, and the <see cref="AudioPipeline"/> refuses a turn that was replaced.
/// </remarks>
internal sealed class PlayerSink : ISongSink
{
    private readonly TaskCompletionSource<AudioPipeline> _speakers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _head = new byte[Mp3SeekTable.HeadBytes];
    private long _written;
    private volatile bool _hasBytes;

    /// <summary>The song's number in the sound; -1 before it is its time.</summary>
    public int Number { get; private set; } = -1;

    /// <summary>Bytes wait, or were written.</summary>
    public bool HasBytes => _hasBytes;

    /// <summary>Bytes that the player has taken.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <inheritdoc/>
    // Before it is its time nobody misses anything.
    public TimeSpan Ahead => _speakers.Task.IsCompletedSuccessfully ? _speakers.Task.Result.Buffered : TimeSpan.MaxValue;

    /// <summary>The first of them.</summary>
    public ReadOnlySpan<byte> Head => _head.AsSpan(0, (int)Math.Min(Written, _head.Length));

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (_written < _head.Length)
            bytes.Span[..(int)Math.Min(bytes.Length, _head.Length - _written)].CopyTo(_head.AsSpan((int)_written));
        _hasBytes = true;
        var speakers = await _speakers.Task.WaitAsync(cancellation).ConfigureAwait(false);
        if (await speakers.WriteAsync(this, bytes, cancellation).ConfigureAwait(false))
            Interlocked.Add(ref _written, bytes.Length);
        else if (speakers.Completion.IsCompleted && await speakers.Completion.ConfigureAwait(false) is PlaybackEnd.Failed failed)
            throw new IOException(failed.Reason);
    }

    /// <summary>Everything is with the player; what follows, and when it is heard, is not this turn's business.</summary>
    public async ValueTask CompleteAsync(Song song, CancellationToken cancellation) => await _speakers.Task.WaitAsync(cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    // The speakers are not its own.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>It is its time.</summary>
    internal void Open(AudioPipeline speakers, int number)
    {
        Number = number;
        _speakers.TrySetResult(speakers);
    }
}
