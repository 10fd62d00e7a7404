using Akka.Actor;
using TspActors.Mpeg;

namespace TspActors.Peer.Live.Feeds;

/// <summary>The MP3 stream of one source: the bytes that are not due yet, and the title that the source has set.</summary>
/// <param name="source">The actor that sends the bytes.</param>
/// <param name="description">A description of the source to show to users.</param>
/// <param name="isPaced">Whether the source sends at the pace of its own clock, rather than as fast as its bytes are acknowledged.</param>
internal sealed class SourceInput(IActorRef source, string description, bool isPaced = true)
{
    // The bytes are split into frames in small steps, so that few frames are found before they are due.
    private const int StepBytes = 2 * 1024;

    private const long MostJunkAtStart = 256 * 1024;

    // In a stream of MP3 files, a file's tag may contain a large cover image.
    private const long MostJunkBetweenFrames = 16 * 1024 * 1024;

    private readonly Mp3FrameSplitter _splitter = new();
    private ReadOnlyMemory<byte> _pending;
    private FeedTitle? _nextTitle;
    private bool _isNew = true;
    private long _junk;
    private long _mostJunk = MostJunkAtStart;

    public IActorRef Source => source;

    public string Description => description;

    public bool IsPaced => isPaced;

    /// <summary>The title of the audio that is being used now.</summary>
    public FeedTitle Title { get; private set; } = FeedTitle.None;

    /// <summary>Whether the source is waiting for its bytes to be acknowledged.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Whether a frame has been used since the last <see cref="Add"/>.</summary>
    public bool HasHadFrame { get; private set; }

    /// <summary>Whether so many bytes have arrived without a usable frame that the source is evidently not sending MP3.</summary>
    public bool SendsNoMp3 => _junk > _mostJunk;

    /// <summary>The title that the source has set, even if it does not apply yet.</summary>
    public FeedTitle NewestTitle => _nextTitle ?? Title;

    /// <summary>Adds bytes. All earlier ones must have been used.</summary>
    public void Add(ReadOnlyMemory<byte> bytes)
    {
        (_pending, IsWaiting, HasHadFrame) = (bytes, true, false);
        if (_isNew)
            _mostJunk += TagLength(bytes.Span);
        _isNew = false;
        _junk += bytes.Length;
    }

    /// <summary>Records a new title, which applies to the audio after the bytes that are still waiting.</summary>
    /// <returns>True if the title applies immediately, in which case the current chunk should end.</returns>
    public bool Retitle(FeedTitle title)
    {
        _nextTitle = title;
        return TryApplyTitle();
    }

    /// <summary>Finds the next frame.</summary>
    /// <returns>False if all bytes have been used.</returns>
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

        return true;
    }

    /// <summary>Records that the newest frame is part of the feed's audio.</summary>
    public void FrameUsed() => (HasHadFrame, _junk, _mostJunk) = (true, 0, MostJunkBetweenFrames);

    /// <summary>Records that the source's bytes have been acknowledged.</summary>
    public void Acknowledged() => IsWaiting = false;

    // The length of an ID3v2 tag: four bytes with seven bits each.
    private static long TagLength(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 10 && bytes.StartsWith("ID3"u8)
            ? 10 + ((bytes[6] & 0x7F) << 21 | (bytes[7] & 0x7F) << 14 | (bytes[8] & 0x7F) << 7 | (bytes[9] & 0x7F))
            : 0;

    /// <summary>Applies the waiting title if all bytes before it have been used.</summary>
    /// <returns>True if a title was applied.</returns>
    public bool TryApplyTitle()
    {
        if (_nextTitle is null || !_pending.IsEmpty)
            return false;
        (Title, _nextTitle) = (_nextTitle, null);
        return true;
    }
}
