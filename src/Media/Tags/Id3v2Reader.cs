using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using TspActors.Media.Library;
using TspActors.Media.Mp3;

namespace TspActors.Media.Tags;

/// <summary>Reads the text frames of an ID3v2.2, 2.3 or 2.4 tag and skips everything else, such as pictures.</summary>
internal sealed class Id3v2Reader
{
    private const int TagHeaderBytes = 10;
    private readonly Id3v2Bytes _bytes;
    private readonly int _version;
    private readonly bool _isUnsynchronised;
    private readonly TagDraft _draft;
    private readonly MediaLimits _limits;

    private readonly InflateBudget _budget;

    private Id3v2Reader(
        Id3v2Bytes bytes, int version, bool isUnsynchronised, TagDraft draft, MediaLimits limits, InflateBudget budget) =>
        (_bytes, _version, _isUnsynchronised, _draft, _limits, _budget) = (bytes, version, isUnsynchronised, draft, limits, budget);

    private int IdBytes => _version == 2 ? 3 : 4;

    private int FrameHeaderBytes => _version == 2 ? 6 : 10;

    /// <summary>
    /// Adds the fields of the tag in <paramref name="region"/> to <paramref name="draft"/>. Stops at the first invalid frame.
    /// </summary>
    public static void Read(SafeFileHandle file, TagRegion region, TagDraft draft, MediaLimits limits, InflateBudget budget)
    {
        Span<byte> header = stackalloc byte[TagHeaderBytes];
        if (FileBytes.ReadFully(file, header, region.Offset) < header.Length || TagRegions.Id3v2Length(header) == 0)
            return;
        SynchsafeInteger.TryRead(header[6..], out var size);
        var version = header[3];
        var flags = header[5];
        // Bit 6 means "compressed" in version 2.2, which never defined a compression method.
        if (version == 2 && (flags & 0x40) != 0)
            return;
        var isUnsynchronised = (flags & 0x80) != 0;
        var start = region.Offset + TagHeaderBytes;
        // Since version 2.4, frames are unsynchronised individually, and their sizes count the bytes in the file.
        using var bytes = new Id3v2Bytes(file, start, Math.Min(start + size, region.End), isUnsynchronised && version < 4);
        var reader = new Id3v2Reader(bytes, version, isUnsynchronised, draft, limits, budget);
        if (version == 2 || (flags & 0x40) == 0 || reader.SkipExtendedHeader())
            reader.ReadFrames();
    }

    private bool SkipExtendedHeader()
    {
        Span<byte> size = stackalloc byte[4];
        _bytes.Peek(0, size);
        // Some writers set the flag but omit the extended header, so that the first frame starts here.
        if (Id3v2Frame.IsId(size))
            return true;
        if (!_bytes.TryRead(size))
            return false;
        // In version 2.3 the size does not include the size field itself; in version 2.4 it does.
        return _version == 3
            ? _bytes.TrySkip(BinaryPrimitives.ReadUInt32BigEndian(size))
            : SynchsafeInteger.TryRead(size, out var whole) && whole >= size.Length && _bytes.TrySkip(whole - size.Length);
    }

    private void ReadFrames()
    {
        Span<byte> header = stackalloc byte[FrameHeaderBytes];
        for (var frame = 0; frame < _limits.TagFrames; frame++)
        {
            if (!_bytes.TryRead(header) || !Id3v2Frame.IsId(header[..IdBytes]))
                return;
            var size = FrameSize(header);
            if (size > _bytes.Remaining)
                return;
            var field = Id3v2Frame.FieldOf(header[..IdBytes]);
            if (field == TagField.None || size > _limits.TextFrameBytes || _draft.Has(field))
            {
                if (!_bytes.TrySkip(size))
                    return;
                continue;
            }

            var data = new byte[size];
            if (!_bytes.TryRead(data))
                return;
            var flags = _version == 2 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(header[8..]);
            if (Id3v2Frame.Unpack(data, _version, flags, _isUnsynchronised, _limits.TextFrameBytes, _budget) is { Length: > 1 } text)
                _draft.Offer(field, Id3v2Frame.Decode(text));
        }
    }

    private long FrameSize(ReadOnlySpan<byte> header)
    {
        if (_version == 2)
            return header[3] << 16 | header[4] << 8 | header[5];
        var plain = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        if (_version == 3 || !SynchsafeInteger.TryRead(header[4..], out var synchsafe))
            return plain;
        // Old versions of iTunes wrote 2.4 tags with sizes in 2.3 notation. So the size that leads to another frame or to the tag's end
        // wins.
        return synchsafe != plain && !IsFollowedByFrame(synchsafe) && IsFollowedByFrame(plain) ? plain : synchsafe;
    }

    private bool IsFollowedByFrame(long size)
    {
        if (size >= _bytes.Remaining)
            return size == _bytes.Remaining;
        Span<byte> next = stackalloc byte[4];
        _bytes.Peek(size, next);
        return Id3v2Frame.IsId(next) || next.IndexOfAnyExcept((byte)0) < 0;
    }
}
