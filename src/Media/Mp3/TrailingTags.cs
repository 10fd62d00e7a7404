using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace TspActors.Media.Mp3;

/// <summary>
/// Finds the tags after the audio (ID3v1 and its TAG+ extension, APE, Lyrics3, and ID3v2.4 with a footer), starting with the last one.
/// </summary>
internal static class TrailingTags
{
    private const int Id3v1Bytes = 128;
    private const int EnhancedBytes = 227;
    private const int Id3v2HeaderBytes = 10;
    private const int MaxTags = 16;
    private const int TailBytes = 128;

    // Lyrics3v2 ends with a size of six digits and LYRICS200. Lyrics3v1 ends with LYRICSEND, at most 5,100 bytes after its start.
    private const int LyricsEndBytes = 9;
    private const int LyricsSizeBytes = 6;
    private const int MaxLyrics1Bytes = 5_100;

    private static ReadOnlySpan<byte> LyricsBegin => "LYRICSBEGIN"u8;

    /// <summary>
    /// Returns the offset of the tags at the end, or <paramref name="fileLength"/> if there are none. Adds the readable tags to
    /// <paramref name="tags"/>.
    /// </summary>
    public static long FindStart(SafeFileHandle file, long fileLength, List<TagRegion> tags)
    {
        Span<byte> buffer = stackalloc byte[TailBytes];
        var end = fileLength;
        for (var round = 0; round < MaxTags; round++)
        {
            var tail = buffer[..(int)Math.Min(TailBytes, end)];
            if (FileBytes.ReadFully(file, tail, end - tail.Length) < tail.Length)
                break;
            // ID3v1 is checked last, because it is recognized only by the "TAG" at its beginning. Other tags may contain these letters in
            // the same place, in text or in APETAGEX, but are recognized by their last bytes.
            var length = Ape(file, tail, end, tags);
            if (length == 0) length = Lyrics(file, tail, end);
            if (length == 0) length = Id3v2(file, tail, end, tags);
            if (length == 0) length = Id3v1(file, tail, end, tags);
            if (length == 0)
                break;
            end -= length;
        }

        return end;
    }

    private static long Id3v1(SafeFileHandle file, ReadOnlySpan<byte> tail, long end, List<TagRegion> tags)
    {
        if (tail.Length < Id3v1Bytes || !tail[^Id3v1Bytes..].StartsWith("TAG"u8))
            return 0;
        var hasExtension = FileBytes.Matches(file, end - Id3v1Bytes - EnhancedBytes, "TAG+"u8);
        var length = Id3v1Bytes + (hasExtension ? EnhancedBytes : 0);
        tags.Add(new TagRegion(TagKind.Id3v1, end - length, length));
        return length;
    }

    private static long Ape(SafeFileHandle file, ReadOnlySpan<byte> tail, long end, List<TagRegion> tags)
    {
        if (tail.Length < ApeFooter.Size || !ApeFooter.TryRead(tail[^ApeFooter.Size..], out var footer))
            return 0;
        var length = footer.ItemBytes + ApeFooter.Size;
        if (footer.IsHeader || length > end)
            return ApeFooter.Size;
        if (footer.HasHeader && FileBytes.Matches(file, end - length - ApeFooter.Size, ApeFooter.Preamble))
            length += ApeFooter.Size;
        tags.Add(new TagRegion(TagKind.Ape, end - length, length));
        return length;
    }

    private static long Lyrics(SafeFileHandle file, ReadOnlySpan<byte> tail, long end)
    {
        if (tail.EndsWith("LYRICS200"u8) && tail.Length >= LyricsEndBytes + LyricsSizeBytes)
        {
            var digits = tail[^(LyricsEndBytes + LyricsSizeBytes)..^LyricsEndBytes];
            if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var size))
                return 0;
            var length = size + LyricsSizeBytes + LyricsEndBytes;
            return FileBytes.Matches(file, end - length, LyricsBegin) ? length : 0;
        }

        if (!tail.EndsWith("LYRICSEND"u8))
            return 0;
        var back = new byte[(int)Math.Min(end, MaxLyrics1Bytes + LyricsEndBytes + LyricsBegin.Length)];
        var read = FileBytes.ReadFully(file, back, end - back.Length);
        var begin = back.AsSpan(0, read).LastIndexOf(LyricsBegin);
        return begin < 0 ? 0 : back.Length - begin;
    }

    private static long Id3v2(SafeFileHandle file, ReadOnlySpan<byte> tail, long end, List<TagRegion> tags)
    {
        if (tail.Length < Id3v2HeaderBytes)
            return 0;
        var footer = tail[^Id3v2HeaderBytes..];
        if (!footer.StartsWith("3DI"u8) || !SynchsafeInteger.TryRead(footer[6..], out var size))
            return 0;
        var length = size + 2L * Id3v2HeaderBytes;
        if (!FileBytes.Matches(file, end - length, "ID3"u8))
            return 0;
        tags.Add(new TagRegion(TagKind.Id3v2, end - length, length));
        return length;
    }
}
