using System.Text;
using Microsoft.Win32.SafeHandles;
using TspActors.Mpeg;

namespace TspActors.Media.Mp3;

/// <summary>
/// Guesses the format of a file that is not an MP3, so that the message to the user can name it. The guess is based on the first bytes
/// after the leading tags.
/// </summary>
internal static class ForeignFormat
{
    private const int ProbeBytes = 16;

    /// <summary>Returns one line that names the file's format, or says that the file contains no MPEG Layer III audio.</summary>
    public static string Describe(SafeFileHandle file, TagRegions regions)
    {
        // Zeros after the tags are normally padding, but an MP4 file also begins with zeros.
        var name = NameAt(file, regions.TagsEnd) ?? NameAt(file, regions.AudioStart);
        if (name is not null)
            return $"it is {name}, not an MP3";
        Span<byte> header = stackalloc byte[Mp3FrameHeader.Size];
        return FileBytes.ReadFully(file, header, regions.AudioStart) == header.Length && Mp3FreeFormat.IsHeader(header)
            ? $"it is in free format, but it does not begin with three frames of the same length, at most {Mp3FreeFormat.MaxFrameBytes} bytes each"
            : "it contains no MPEG Layer III audio";
    }

    private static string? NameAt(SafeFileHandle file, long offset)
    {
        Span<byte> buffer = stackalloc byte[ProbeBytes];
        return Name(buffer[..FileBytes.ReadFully(file, buffer, offset)]);
    }

    private static string? Name(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xFF, 0xD8, 0xFF, ..] => "a JPEG picture",
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "a PNG picture",
        [(byte)'P', (byte)'K', 3, 4, ..] => "a ZIP archive",
        [0x7F, (byte)'E', (byte)'L', (byte)'F', ..] => "a program",
        [0x1A, 0x45, 0xDF, 0xA3, ..] => "a Matroska or WebM file",
        [0xFF, >= 0xF0 and <= 0xF9, ..] when (bytes[1] & 6) == 0 => "an AAC stream",
        [0xFF, >= 0xF2, ..] when (bytes[1] & 6) is 4 or 6 => "MPEG audio of a different layer",
        _ when bytes.StartsWith("RIFF"u8) => "a WAV or other RIFF file",
        _ when bytes.StartsWith("fLaC"u8) => "a FLAC file",
        _ when bytes.StartsWith("OggS"u8) => "an Ogg file",
        _ when bytes.StartsWith("GIF8"u8) => "a GIF picture",
        _ when bytes.StartsWith("%PDF"u8) => "a PDF document",
        _ when bytes.StartsWith("FORM"u8) => "an AIFF file",
        _ when bytes.StartsWith("#!AMR"u8) => "an AMR file",
        _ when bytes.StartsWith("#!"u8) => "a script",
        _ when bytes.StartsWith(Asf) => "a WMA or other ASF file",
        _ when bytes.StartsWith("MAC "u8) => "a Monkey's Audio file",
        _ when bytes.StartsWith("MPCK"u8) || bytes.StartsWith("MP+"u8) => "a Musepack file",
        _ when bytes.StartsWith("wvpk"u8) => "a WavPack file",
        _ when bytes.StartsWith("TTA1"u8) => "a True Audio file",
        _ when bytes.StartsWith("DSD "u8) => "a DSF file",
        _ when bytes.StartsWith("MThd"u8) => "a MIDI file",
        _ when bytes.StartsWith("Rar!"u8) => "a RAR archive",
        _ when IsMp4(bytes) => "an MP4 file",
        _ when IsHtml(bytes) => "a web page",
        _ => null,
    };

    /// <summary>The first eight bytes of the identifier with which every ASF file begins.</summary>
    private static ReadOnlySpan<byte> Asf => [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11];

    // Files from old versions of QuickTime begin with a box other than ftyp.
    private static bool IsMp4(ReadOnlySpan<byte> bytes) => bytes.Length >= 8
        && (bytes[4..].StartsWith("ftyp"u8) || bytes[4..].StartsWith("moov"u8) || bytes[4..].StartsWith("mdat"u8)
            || bytes[4..].StartsWith("wide"u8));

    private static bool IsHtml(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.Latin1.GetString(bytes).TrimStart().ToLowerInvariant();
        return text.StartsWith("<!doctype", StringComparison.Ordinal) || text.StartsWith("<html", StringComparison.Ordinal);
    }
}
