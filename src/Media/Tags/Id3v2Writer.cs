using System.Globalization;
using System.Text;
using TspActors.Media.Covers;
using TspActors.Protocol;

namespace TspActors.Media.Tags;

/// <summary>Writes a song's tags as an ID3v2.4 tag, to be placed before the payload in a file.</summary>
/// <remarks>Text is UTF-8. The tag is padded to a whole number of KiB, so that a small change later need not move the audio.</remarks>
public static class Id3v2Writer
{
    private const int TagHeaderBytes = 10;
    private const int Unit = 1024;
    private const byte Utf8 = 3;

    /// <summary>Returns the complete tag. Fields that are empty or 0 are omitted.</summary>
    /// <param name="tags">The strings and numbers.</param>
    /// <param name="cover">The front cover; null = none.</param>
    /// <param name="format">The format, which contains the ReplayGain; null = none.</param>
    public static byte[] Write(SongTags tags, CoverImage? cover = null, AudioFormat? format = null)
    {
        var frames = new MemoryStream();
        Add(frames, "TIT2", tags.Title);
        Add(frames, "TPE1", tags.Artist);
        Add(frames, "TALB", tags.Album);
        Add(frames, "TPE2", tags.AlbumArtist);
        Add(frames, "TRCK", Number(tags.Track));
        Add(frames, "TPOS", Number(tags.Disc));
        // A year has four digits. A genre's opening bracket is doubled, because a single bracket would begin a genre number.
        Add(frames, "TDRC", tags.Year == 0 ? "" : $"{tags.Year:D4}");
        Add(frames, "TCON", tags.Genre.StartsWith('(') ? $"({tags.Genre}" : tags.Genre);
        var gain = ReplayGainValues.Read(format);
        AddGain(frames, "TRACK", gain.TrackGainCdb, gain.TrackPeakPpm);
        AddGain(frames, "ALBUM", gain.AlbumGainCdb, gain.AlbumPeakPpm);
        if (cover is not null)
            AddCover(frames, cover);
        var tag = new byte[(TagHeaderBytes + (int)frames.Length + Unit - 1) / Unit * Unit];
        "ID3\u0004"u8.CopyTo(tag);
        WriteSynchsafe(tag.AsSpan(6), tag.Length - TagHeaderBytes);
        frames.ToArray().CopyTo(tag, TagHeaderBytes);
        return tag;
    }

    /// <summary>Returns a tag from <see cref="Write"/> with more padding.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="length">The length of the new tag, which must not be less than the length of <paramref name="tag"/>.</param>
    public static byte[] Pad(byte[] tag, int length)
    {
        ArgumentNullException.ThrowIfNull(tag);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, tag.Length);
        var padded = new byte[length];
        tag.CopyTo(padded, 0);
        WriteSynchsafe(padded.AsSpan(6), length - TagHeaderBytes);
        return padded;
    }

    /// <summary>
    /// Returns the length of the tag that begins with these bytes; null if they are not the start of a tag that this class wrote.
    /// </summary>
    /// <param name="start">At least 10 bytes.</param>
    public static int? LengthOf(ReadOnlySpan<byte> start)
    {
        if (!start.StartsWith("ID3\u0004\0\0"u8) || start[6..TagHeaderBytes].ContainsAnyExceptInRange((byte)0, (byte)127))
            return null;
        return TagHeaderBytes + (start[6] << 21 | start[7] << 14 | start[8] << 7 | start[9]);
    }

    private static string Number(uint number) => number == 0 ? "" : $"{number}";

    private static void AddGain(MemoryStream frames, string what, int? cdb, uint? ppm)
    {
        if (cdb is { } gain)
            AddFrame(frames, "TXXX", Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"REPLAYGAIN_{what}_GAIN\0{gain / 100m:0.00} dB")));
        if (ppm is { } peak)
            AddFrame(frames, "TXXX", Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"REPLAYGAIN_{what}_PEAK\0{peak / 1_000_000m:0.000000}")));
    }

    private static void Add(MemoryStream frames, string id, string text)
    {
        var value = Encoding.UTF8.GetBytes(VisibleText.Clean(text));
        if (value.Length > 0)
            AddFrame(frames, id, value);
    }

    private static void AddFrame(MemoryStream frames, string id, byte[] value)
    {
        Span<byte> size = stackalloc byte[4];
        WriteSynchsafe(size, value.Length + 1);
        frames.Write(Encoding.ASCII.GetBytes(id));
        frames.Write(size);
        // Two bytes of flags, none of them set.
        frames.Write([0, 0, Utf8]);
        frames.Write(value);
    }

    private static void AddCover(MemoryStream frames, CoverImage cover)
    {
        // Encoding Latin-1, media type, picture type 3 (front cover), an empty description.
        byte[] head = [0, .. Encoding.ASCII.GetBytes(cover.MediaType), 0, 3, 0];
        Span<byte> size = stackalloc byte[4];
        WriteSynchsafe(size, head.Length + cover.Bytes.Length);
        frames.Write("APIC"u8);
        frames.Write(size);
        frames.Write([0, 0]);
        frames.Write(head);
        frames.Write(cover.Bytes.Span);
    }

    // Seven bits per byte, so that no player mistakes a size for the start of a frame.
    private static void WriteSynchsafe(Span<byte> target, int number)
    {
        for (var at = 0; at < 4; at++)
            target[at] = (byte)(number >> 7 * (3 - at) & 0x7F);
    }
}
