using TspActors.Peer.Live.Feeds;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>
/// Tracks a live feed that is playing: how far its audio is behind the source, and the title of the audio that is being heard.
/// </summary>
internal sealed class LiveFeedTracker
{
    // Limits the memory for a source that changes the title with every chunk.
    private const int MaxTitles = 100;

    // The source's clock may be slower than this machine's. The estimate therefore advances at this speed, and lags until a chunk corrects
    // it.
    private const double SlowestClock = 1 - 0.0002;

    // The edge's time comes from a host, which could send any value.
    private static readonly TimeSpan MostBehind = TimeSpan.FromDays(1);

    private readonly Queue<(ulong FromMs, FeedTitle Title)> _titles = new();
    private FeedTitle _newest = FeedTitle.None;
    private FeedTitle _current = FeedTitle.None;
    private ulong _receivedMs;
    private long _edgeMs;
    private TimeSpan _edgeAt;

    /// <summary>Records that a host has begun to send the feed.</summary>
    public void Started(LiveStart live, TimeSpan now) => (_edgeMs, _edgeAt) = ((long)live.EdgeTimeMs, now);

    /// <summary>Records a chunk that has arrived.</summary>
    /// <returns>True if its title differs from the previous chunk's.</returns>
    public bool Add(FeedChunk chunk, TimeSpan now)
    {
        _receivedMs = chunk.EndMs;
        // The estimated edge advances with time. A chunk that ends beyond it corrects the estimate.
        if ((long)chunk.EndMs > EdgeAt(now))
            (_edgeMs, _edgeAt) = ((long)chunk.EndMs, now);
        if (ReferenceEquals(chunk.Title, _newest))
            return false;
        _newest = chunk.Title;
        if (_titles.Count == MaxTitles)
            _titles.Dequeue();
        _titles.Enqueue((chunk.TimeMs, chunk.Title));
        return true;
    }

    /// <summary>Returns how far the audio that is being heard is behind the source.</summary>
    /// <param name="buffered">How much audio has arrived but has not been heard yet.</param>
    /// <param name="now">The current time.</param>
    public TimeSpan Behind(TimeSpan buffered, TimeSpan now)
    {
        var behind = EdgeAt(now) - HeardMs(buffered);
        return TimeSpan.FromMilliseconds(Math.Clamp(behind, 0, (long)MostBehind.TotalMilliseconds));
    }

    /// <summary>Returns the title of the audio that is being heard; empty = unknown.</summary>
    public string TitleAt(TimeSpan buffered)
    {
        while (_titles.TryPeek(out var next) && (long)next.FromMs <= HeardMs(buffered) + 1)
            _current = _titles.Dequeue().Title;
        // Before anything has been heard, the first title is better than none.
        return _current.Text.Length == 0 && _titles.TryPeek(out var first) ? first.Title.Text : _current.Text;
    }

    private long HeardMs(TimeSpan buffered) => (long)_receivedMs - (long)buffered.TotalMilliseconds;

    private long EdgeAt(TimeSpan now) => _edgeMs + (long)((now - _edgeAt).TotalMilliseconds * SlowestClock);
}
