using TspActors.Peer.Hosting.Live;
using TspActors.Peer.Live.Feeds;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Reads a live feed from this peer's own relay instead of from a host.</summary>
/// <param name="held">How much audio the relay keeps.</param>
internal sealed class FeedTap(TimeSpan held)
{
    private LiveCursor? _cursor;
    private FeedSnapshot? _snapshot;

    /// <summary>Adds the newest audio.</summary>
    /// <returns>The description that a host would send at the start of the stream; null if the stream has already begun.</returns>
    public LiveStart? Add(FeedSnapshot snapshot)
    {
        _snapshot = snapshot;
        if (_cursor is not null)
            return null;
        _cursor = new LiveCursor(snapshot, 0, held);
        return snapshot.Describe(_cursor.First(snapshot));
    }

    /// <summary>Whether the feed is over. Some of its audio may not have been heard yet.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Records that the feed is over.</summary>
    public void End() => HasEnded = true;

    /// <summary>Makes this reader rejoin the feed at the edge of the next snapshot.</summary>
    public void Rejoin() => _cursor = null;

    /// <summary>Returns the next chunk; null if there is none yet.</summary>
    public FeedChunk? Next(TimeSpan now) => _snapshot is null ? null : _cursor?.Next(_snapshot, now, out _, out _);
}
