using Akka.Actor;
using TspActors.Mpeg;

namespace TspActors.Peer.Live.Feeds;

/// <summary>The MP3 stream of one source: the bytes that are not due yet, and the title that the source has set.</summary>
/// <param name="source">The actor that sends the bytes.</param>
/// <param name="description">A description of the source, for users.</param>
internal sealed class SourceInput(IActorRef source, string description)
{
    // The bytes are split into frames in small steps, so that few frames are found before they are due.
    private const int StepBytes = 2 * 1024;

    private readonly Mp3FrameSplitter _splitter = new();
    private ReadOnlyMemory<byte> _pending;
    private FeedTitle? _nextTitle;

    public IActorRef Source => source;

    public string Description => description;

    /// <summary>The current title.</summary>
    public FeedTitle Title { get; private set; } = FeedTitle.None;

    /// <summary>Whether the source is waiting for its bytes to be acknowledged.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Whether a frame has been found since the last <see cref="Add"/>.</summary>
    public bool HasHadFrame { get; private set; }

    /// <summary>Adds bytes. The earlier ones must have been used up.</summary>
    public void Add(ReadOnlyMemory<byte> bytes) => (_pending, IsWaiting, HasHadFrame) = (bytes, true, false);

    /// <summary>Records the title of the sound that follows the bytes that are still waiting.</summary>
    /// <returns>True if the title applies from now on, so that the current chunk should end.</returns>
    public bool Retitle(FeedTitle title)
    {
        _nextTitle = title;
        return TryApplyTitle();
    }

    /// <summary>Gets the next frame.</summary>
    /// <returns>False if all bytes are used up.</returns>
    public bool TryNext(out Mp3FrameHeader header, out ReadOnlySpan<byte> frame)
    {
        while (!_splitter.TryNext(out header, out frame))
        {
            if (_pending.IsEmpty)
                return false;
            var step = Math.Min(StepBytes, _pending.Length);
            _splitter.Feed(_pending.Span[..step]);
            _pending = _pending[step..];
        }

        HasHadFrame = true;
        return true;
    }

    /// <summary>Records that the source's bytes have been acknowledged.</summary>
    public void Acknowledged() => IsWaiting = false;

    /// <summary>Applies a title that waited for the bytes before it.</summary>
    /// <returns>True if there was one and all bytes before it have been used.</returns>
    public bool TryApplyTitle()
    {
        if (_nextTitle is null || !_pending.IsEmpty)
            return false;
        (Title, _nextTitle) = (_nextTitle, null);
        return true;
    }
}
