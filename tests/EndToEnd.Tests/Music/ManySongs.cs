namespace TspActors.EndToEnd.Tests.Music;

/// <summary>Makes many distinct small songs from silent frames that differ only in the bytes after their side information.</summary>
public static class ManySongs
{
    private const int FrameBytes = 417;
    private const int AncillaryStart = 36;

    /// <summary>Writes the given number of songs to a folder.</summary>
    public static void Write(string folder, int count, int frames = 20)
    {
        Directory.CreateDirectory(folder);
        var song = new byte[frames * FrameBytes];
        for (var at = 0; at < song.Length; at += FrameBytes)
            ((ReadOnlySpan<byte>)[0xFF, 0xFB, 0x90, 0x00]).CopyTo(song.AsSpan(at));
        for (var number = 0; number < count; number++)
        {
            // Each byte carries only four bits of the number, so that no frame header can appear.
            for (var digit = 0; digit < 8; digit++)
                song[AncillaryStart + digit] = (byte)(number >> (4 * digit) & 0x0F);
            File.WriteAllBytes(Path.Combine(folder, $"{number}.mp3"), song);
        }
    }
}
