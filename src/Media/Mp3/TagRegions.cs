using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using TspActors.Media.Library;

namespace TspActors.Media.Mp3;

internal enum TagKind
{
    Id3v2,
    Ape,
    Id3v1,
}

/// <summary>The position of one tag in a file, from its first header byte to its last byte.</summary>
internal readonly record struct TagRegion(TagKind Kind, long Offset, long Length)
{
    public long End => Offset + Length;
}

/// <summary>The positions of a file's tags, and the range between them where the audio must be.</summary>
internal sealed class TagRegions
{
    private const int Id3v2HeaderBytes = 10;
    private const int MaxTags = 32;
    private readonly List<TagRegion> _regions = [];

    private TagRegions(long fileLength) => AudioEnd = fileLength;

    /// <summary>The offset where the search for audio begins, normally after the leading tags and their zero padding.</summary>
    public long AudioStart { get; private set; }

    /// <summary>The offset just after the last leading tag, before any padding.</summary>
    public long TagsEnd { get; private set; }

    /// <summary>The offset of the trailing tags, or the length of the file if there are none.</summary>
    public long AudioEnd { get; private set; }

    /// <summary>The tags to read: the leading ones in file order, then the trailing ones from the last to the first.</summary>
    public IReadOnlyList<TagRegion> All => _regions;

    /// <summary>Finds the tags at both ends of the file. For an ordinary file, this reads only a few kilobytes.</summary>
    public static TagRegions Find(SafeFileHandle file, long fileLength, MediaLimits limits)
    {
        var found = new TagRegions(fileLength);
        var trailing = new List<TagRegion>();
        found.AudioEnd = TrailingTags.FindStart(file, fileLength, trailing);
        found.SkipLeading(file, limits);
        found._regions.AddRange(trailing);
        return found;
    }

    /// <summary>Returns the length of the ID3v2 tag with this header, footer included; 0 when it is not an ID3v2 header.</summary>
    public static long Id3v2Length(ReadOnlySpan<byte> header)
    {
        if (header.Length < Id3v2HeaderBytes || !header.StartsWith("ID3"u8) || header[3] is < 2 or > 4 || header[4] == 0xFF)
            return 0;
        if (!SynchsafeInteger.TryRead(header[6..], out var size))
            return 0;
        var hasFooter = header[3] == 4 && (header[5] & 0x10) != 0;
        return Id3v2HeaderBytes + size + (hasFooter ? Id3v2HeaderBytes : 0);
    }

    private void SkipLeading(SafeFileHandle file, MediaLimits limits)
    {
        Span<byte> header = stackalloc byte[ApeFooter.Size];
        var position = 0L;
        for (var tags = 0; tags < MaxTags && position < AudioEnd; tags++)
        {
            position = SkipZeros(file, position, limits.LeadingJunkBytes);
            var read = header[..FileBytes.ReadFully(file, header, position)];
            var (kind, length) = Id3v2Length(read) is > 0 and var id3Length ? (TagKind.Id3v2, id3Length)
                : ApeFooter.TryRead(read, out var ape) && ape.IsHeader ? (TagKind.Ape, ApeFooter.Size + ape.ItemBytes + ApeFooter.Size)
                : (default, 0L);
            if (length == 0)
                break;
            if (length >= AudioEnd - position)
            {
                // The size must be wrong, because it would leave no audio. The tag's fields may still be usable. The search for audio
                // starts 10 bytes further on, because an ID3v2 header is 10 bytes long.
                _regions.Add(new TagRegion(kind, position, AudioEnd - position));
                position += Id3v2HeaderBytes;
                TagsEnd = position;
                break;
            }

            _regions.Add(new TagRegion(kind, position, length));
            position += length;
            TagsEnd = position;
        }

        AudioStart = Math.Min(position, AudioEnd);
    }

    private long SkipZeros(SafeFileHandle file, long position, long limit)
    {
        Span<byte> buffer = stackalloc byte[4096];
        for (var skipped = 0L; skipped < limit && position + skipped < AudioEnd;)
        {
            var read = buffer[..FileBytes.ReadFully(file, buffer, position + skipped)];
            var nonZero = read.IndexOfAnyExcept((byte)0);
            if (nonZero >= 0)
                return position + skipped + nonZero;
            if (read.IsEmpty)
                break;
            skipped += read.Length;
        }

        return position;
    }
}

/// <summary>The 28-bit integer of ID3v2: four bytes with seven bits each, so that it cannot look like a frame sync.</summary>
internal static class SynchsafeInteger
{
    public static bool TryRead(ReadOnlySpan<byte> bytes, out uint value)
    {
        var raw = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        value = (raw & 0x7F) | ((raw & 0x7F00) >> 1) | ((raw & 0x7F0000) >> 2) | ((raw & 0x7F000000) >> 3);
        return (raw & 0x80808080) == 0;
    }
}
