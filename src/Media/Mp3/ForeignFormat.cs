using System.Text;
using Microsoft.Win32.SafeHandles;

namespace TspActors.Media.Mp3;

/// <summary>
/// Guesses, from the first bytes after its leading tags, the format of a file that turned out not to be an MP3, so that the message can
/// name it.
/// </summary>
internal static class ForeignFormat
{
    private const int ProbeBytes = 16;

    /// <summary>Returns one line that says what the file is, or that it contains no MPEG Layer III audio.</summary>
    public static string Describe(SafeFileHandle file, long offset)
    {
        Span<byte> buffer = stackalloc byte[ProbeBytes];
        var bytes = buffer[..FileBytes.ReadFully(file, buffer, offset)];
        return Name(bytes) is { } name ? $"it is {name}, not an MP3" : "it contains no MPEG Layer III audio";
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
        _ when bytes.StartsWith("#!"u8) => "a script",
        _ when bytes.Length >= 8 && bytes[4..].StartsWith("ftyp"u8) => "an MP4 file",
        _ when IsHtml(bytes) => "a web page",
        _ => null,
    };

    private static bool IsHtml(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.Latin1.GetString(bytes).TrimStart().ToLowerInvariant();
        return text.StartsWith("<!doctype", StringComparison.Ordinal) || text.StartsWith("<html", StringComparison.Ordinal);
    }
}
