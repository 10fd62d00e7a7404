using System.Diagnostics;
using TspActors.Peer.Listening;
using TspActors.Protocol;

namespace TspActors.Benchmarks.Live;

/// <summary>
/// A sink that plays a live feed silently. It starts once it has two seconds of sound, and measures how often and for how long it runs dry.
/// </summary>
/// <param name="bytesPerSecond">The number of bytes in one second of sound.</param>
internal sealed class ReserveSink(int bytesPerSecond) : ISongSink
{
    private static readonly TimeSpan StartsWith = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private TimeSpan _received;
    private TimeSpan _played;
    private TimeSpan _at;
    private TimeSpan? _dryAt;
    private bool _isPlaying;

    /// <summary>How often the sound ran out.</summary>
    public int Stalls { get; private set; }

    /// <summary>The longest time without sound.</summary>
    public TimeSpan LongestStall { get; private set; }

    /// <summary>All sound so far.</summary>
    public TimeSpan Received
    {
        get
        {
            lock (_gate)
                return _received;
        }
    }

    /// <inheritdoc/>
    public TimeSpan Ahead
    {
        get
        {
            lock (_gate)
            {
                Play();
                return _received - _played;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        lock (_gate)
        {
            Play();
            _received += TimeSpan.FromSeconds((double)bytes.Length / bytesPerSecond);
            if (!_isPlaying && _received - _played >= StartsWith)
            {
                if (_dryAt is { } since && _at - since > LongestStall)
                    LongestStall = _at - since;
                (_isPlaying, _dryAt) = (true, null);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask CompleteAsync(Song song, CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Ends the measurement. A stall that has not ended yet counts up to now.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            Play();
            if (_dryAt is { } since && _at - since > LongestStall)
                LongestStall = _at - since;
        }
    }

    private void Play()
    {
        var now = Stopwatch.GetElapsedTime(0);
        if (_isPlaying && now - _at > _received - _played)
        {
            // The sound has run out since the last call.
            _dryAt = _at + (_received - _played);
            (_isPlaying, _played) = (false, _received);
            Stalls++;
        }
        else if (_isPlaying)
        {
            _played += now - _at;
        }

        _at = now;
    }
}
