using TspActors.Media.Covers;

namespace TspActors.Media.Tags;

/// <summary>Finds the picture in the content of an APIC frame or, in version 2.2, of a PIC frame.</summary>
internal static class Id3v2Picture
{
    /// <summary>The maximum length of a frame that is read: a cover and the longest plausible header.</summary>
    public const int MaxFrameBytes = CoverImage.MaxBytes + 64 * 1024;

    // Some programs end the description with fewer zeros than its encoding needs. The picture is then searched for in this many bytes from
    // the start of the description.
    private const int SearchBytes = 1024;

    private static ReadOnlySpan<byte> Jpeg => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> Png => [0x89, (byte)'P', (byte)'N', (byte)'G'];

    /// <summary>Returns true if the frame with this id contains a picture.</summary>
    public static bool IsPicture(ReadOnlySpan<byte> id) => id.SequenceEqual("APIC"u8) || id.SequenceEqual("PIC"u8);

    /// <summary>Offers the picture in the content of a frame.</summary>
    /// <param name="draft">The draft that receives the picture.</param>
    /// <param name="content">The content: encoding, media type or format, type, description, picture.</param>
    /// <param name="version">The version of the tag.</param>
    /// <param name="hasStuffing">Whether the picture may still contain the zeros of unsynchronisation.</param>
    public static void Offer(CoverDraft draft, Span<byte> content, int version, bool hasStuffing)
    {
        if (content.Length < 2)
            return;
        var encoding = content[0];
        var at = version == 2 ? 1 + 3 : content[1..].IndexOf((byte)0) is >= 0 and var end ? 1 + end + 1 : content.Length;
        if (at + 1 >= content.Length)
            return;
        var type = content[at];
        var rest = content[(at + 1)..];
        var start = FindPicture(rest[..Math.Min(rest.Length, SearchBytes)], DescriptionBytes(rest, encoding));
        if (start < 0)
            return;
        var picture = rest[start..];
        if (hasStuffing && picture is [0xFF, 0xD8, 0xFF, 0, ..])
            picture = picture[..Id3v2Frame.RemoveStuffing(picture)];
        draft.Offer(type, picture);
    }

    private static int DescriptionBytes(ReadOnlySpan<byte> rest, byte encoding)
    {
        if (encoding is not (1 or 2))
            return rest.IndexOf((byte)0) + 1;
        for (var at = 0; at + 1 < rest.Length; at += 2)
        {
            if (rest[at] == 0 && rest[at + 1] == 0)
                return at + 2;
        }

        return 0;
    }

    private static int FindPicture(ReadOnlySpan<byte> bytes, int expected)
    {
        if (expected < bytes.Length && IsStart(bytes[expected..]))
            return expected;
        var (jpeg, png) = (bytes.IndexOf(Jpeg), bytes.IndexOf(Png));
        return jpeg < 0 || png >= 0 && png < jpeg ? png : jpeg;
    }

    private static bool IsStart(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Jpeg) || bytes.StartsWith(Png);
}
