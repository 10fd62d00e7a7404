using System.Buffers;
using Microsoft.Win32.SafeHandles;
using TspActors.Media.Library;
using TspActors.Media.Mp3;

namespace TspActors.Media.Tags;

/// <summary>Reads the text, the cover and the volume from the frames of an ID3v2.2, 2.3 or 2.4 tag, and skips everything else.</summary>
internal sealed class Id3v2Reader
{
    private const int TagHeaderBytes = 10;
    private readonly Id3v2Frames _frames;
    private readonly int _version;
    private readonly bool _isUnsynchronised;
    private readonly FrameSizes _sizes;
    private readonly TagDraft _draft;
    private readonly MediaLimits _limits;
    private readonly InflateBudget _budget;

    private Id3v2Reader(
        Id3v2Frames frames, int version, bool isUnsynchronised, FrameSizes sizes, TagDraft draft, MediaLimits limits,
        InflateBudget budget) =>
        (_frames, _version, _isUnsynchronised, _sizes, _draft, _limits, _budget) =
            (frames, version, isUnsynchronised, sizes, draft, limits, budget);

    /// <summary>
    /// Adds the fields of the tag in <paramref name="region"/> to <paramref name="draft"/>. If a frame or a size is wrong, continues with
    /// the next text frame that can be recognized.
    /// </summary>
    public static void Read(SafeFileHandle file, TagRegion region, TagDraft draft, MediaLimits limits, InflateBudget budget)
    {
        Span<byte> header = stackalloc byte[TagHeaderBytes];
        if (FileBytes.ReadFully(file, header, region.Offset) < header.Length || TagRegions.Id3v2Length(header) == 0)
            return;
        SynchsafeInteger.TryRead(header[6..], out var size);
        int version = header[3];
        var flags = header[5];
        // Bit 6 means "compressed" in version 2.2, which never defined a compression method.
        if (version == 2 && (flags & 0x40) != 0)
            return;
        var start = region.Offset + TagHeaderBytes;
        var body = (start, Math.Min(start + size, region.End));
        var sizes = ChooseSizes(file, body, version, flags, limits);
        using var frames = new Id3v2Frames(file, body, version, flags, sizes, limits);
        new Id3v2Reader(frames, version, (flags & 0x80) != 0, sizes, draft, limits, budget).ReadFrames();
    }

    /// <summary>
    /// Chooses one notation for all sizes in the tag: the first one in which the frames fill the tag, or else the one in which the
    /// most frames can be read. A single frame is not enough to decide, because its text may look like the header of the next frame.
    /// </summary>
    private static FrameSizes ChooseSizes(SafeFileHandle file, (long, long) body, int version, byte flags, MediaLimits limits)
    {
        var isUnsynchronised = (flags & 0x80) != 0;
        ReadOnlySpan<FrameSizes> candidates = (version, isUnsynchronised) switch
        {
            (2, false) => [],
            (2, true) => [FrameSizes.Defined, FrameSizes.Stored],
            (3, false) => [FrameSizes.Defined, FrameSizes.Swapped],
            (3, true) => [FrameSizes.Defined, FrameSizes.Stored, FrameSizes.Swapped],
            _ => [FrameSizes.Defined, FrameSizes.Swapped, FrameSizes.Mixed],
        };
        var (best, most) = (FrameSizes.Defined, -1);
        foreach (var sizes in candidates)
        {
            using var frames = new Id3v2Frames(file, body, version, flags, sizes, limits);
            var (count, fillTag) = frames.Survey(limits.TagFrames);
            if (fillTag && count > 0)
                return sizes;
            if (count > most)
                (best, most) = (sizes, count);
        }

        return best;
    }

    private void ReadFrames()
    {
        for (var frame = 0; frame < _limits.TagFrames; frame++)
        {
            var step = _frames.Next(out var size);
            if (step == FrameStep.End)
                return;
            // Chapter frames contain text frames of their own.
            var mayBeCut = !_frames.IsChapter || size > _frames.Bytes.Remaining;
            var isDamaged = step == FrameStep.Damage || mayBeCut && !_frames.IsCredible(size);
            var next = isDamaged ? _frames.FindText() : IsText(size) ? _frames.FindTextIn(size) : -1;
            if (step == FrameStep.Frame && !TryReadFrame(size, next) && next < 0)
                return;
            if (step == FrameStep.Damage && next < 0)
                return;
            if (next >= 0)
                _frames.Bytes.MoveTo(next);
        }
    }

    private bool IsText(long size) => Id3v2Frame.FieldOf(_frames.Id) != TagField.None && size <= _limits.TextFrameBytes;

    /// <summary>
    /// Reads or skips the content of the current frame. If <paramref name="next"/> is not negative, the frame ends before that offset.
    /// Returns false if the tag ends first.
    /// </summary>
    private bool TryReadFrame(long size, long next)
    {
        if (next >= 0 && !_frames.Bytes.RemovesStuffing)
            size = Math.Min(size, next - _frames.Bytes.Position);
        if (size > _frames.Bytes.Remaining)
            return false;
        if (Id3v2Picture.IsPicture(_frames.Id) && size <= Id3v2Picture.MaxFrameBytes && _draft.Cover.IsOpen)
            return TryReadPicture((int)size);
        if (Id3v2Volume.IsVolume(_frames.Id) && size <= Id3v2Volume.MaxFrameBytes)
            return TryReadVolume((int)size);
        var field = Id3v2Frame.FieldOf(_frames.Id);
        if (field == TagField.None || size > _limits.TextFrameBytes || _draft.Has(field))
            return _frames.Bytes.TrySkip(size);
        var data = new byte[size];
        if (!_frames.Bytes.TryRead(data))
            return false;
        var unpacked = Id3v2Frame.Unpack(data, _version, _frames.Flags, _isUnsynchronised, _limits.TextFrameBytes, _budget);
        if (unpacked is { Length: > 1 } text)
            _draft.Offer(field, Id3v2Frame.Decode(_sizes == FrameSizes.Stored ? Id3v2Frame.RemoveOwnStuffing(text) : text));
        return true;
    }

    private bool TryReadVolume(int size)
    {
        var data = new byte[size];
        if (!_frames.Bytes.TryRead(data))
            return false;
        var unpacked = Id3v2Frame.Unpack(data, _version, _frames.Flags, _isUnsynchronised, Id3v2Volume.MaxFrameBytes, _budget);
        Id3v2Volume.Offer(_draft.Gain, unpacked);
        return true;
    }

    private bool TryReadPicture(int size)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            var data = buffer.AsSpan(0, size);
            if (!_frames.Bytes.TryRead(data))
                return false;
            // Nearly all pictures are stored unchanged and need no copy.
            var isPlain = _frames.Flags == 0 && !(_version == 4 && _isUnsynchronised);
            var content = isPlain
                ? data
                : Id3v2Frame.Unpack(data, _version, _frames.Flags, _isUnsynchronised, Id3v2Picture.MaxFrameBytes, _budget);
            Id3v2Picture.Offer(_draft.Cover, content, _version, _sizes == FrameSizes.Stored);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
