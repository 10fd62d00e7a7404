using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace TspActors.Benchmarks;

/// <summary>
/// Creates a library of distinct small MP3s: an ID3v2 tag, then silent frames. The ancillary data of the first frame is the song's number.
/// </summary>
internal static class LibraryMaterial
{
    private const int SongsPerAlbum = 20;
    private const int AlbumsPerArtist = 10;
    private const int FrameBytes = 417;

    // After the header and 32 bytes of side information, all zero for silence, a frame may contain arbitrary bytes.
    private const int AncillaryStart = 36;

    /// <summary>Writes songs number 0 to <paramref name="count"/> - 1 under <paramref name="folder"/>, 20 per album.</summary>
    public static void Generate(int count, string folder, int kibibytes)
    {
        var song = new byte[Math.Max(2, kibibytes * 1024 / FrameBytes) * FrameBytes];
        for (var at = 0; at < song.Length; at += FrameBytes)
            ((ReadOnlySpan<byte>)[0xFF, 0xFB, 0x90, 0x00]).CopyTo(song.AsSpan(at));
        for (var number = 0; number < count; number++)
        {
            var path = PathOf(folder, number);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            Write(path, number, "Song", song);
        }
    }

    /// <summary>Returns the path of song <paramref name="number"/>.</summary>
    public static string PathOf(string folder, int number)
    {
        var album = number / SongsPerAlbum;
        return Path.Combine(
            folder, Text($"artist {album / AlbumsPerArtist:D4}"), Text($"album {album:D5}"),
            Text($"{number % SongsPerAlbum + 1:D2} song {number}.mp3"));
    }

    /// <summary>Rewrites one song with a new title.</summary>
    public static void Retag(string folder, int number, string title)
    {
        var bytes = File.ReadAllBytes(PathOf(folder, number));
        var tag = 10 + (bytes[8] << 7 | bytes[9]);
        Write(PathOf(folder, number), number, title, bytes.AsSpan(tag));
    }

    private static void Write(string path, int number, string title, ReadOnlySpan<byte> frames)
    {
        var album = number / SongsPerAlbum;
        var body = new List<byte>();
        AddText(body, "TIT2", Text($"{title} {number}"));
        AddText(body, "TPE1", Text($"Artist {album / AlbumsPerArtist}"));
        AddText(body, "TALB", Text($"Album {album}"));
        AddText(body, "TRCK", Text($"{number % SongsPerAlbum + 1}"));
        using var file = File.Create(path);
        file.Write([(byte)'I', (byte)'D', (byte)'3', 4, 0, 0, 0, 0, (byte)(body.Count >> 7), (byte)(body.Count & 0x7F), .. body]);
        var content = frames.ToArray();
        // Each byte carries only four bits, so that no frame header can appear.
        for (var digit = 0; digit < 8; digit++)
            content[AncillaryStart + digit] = (byte)(number >> (4 * digit) & 0x0F);
        file.Write(content);
    }

    private static void AddText(List<byte> body, string id, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length + 1);
        body.AddRange([.. Encoding.ASCII.GetBytes(id), .. length, 0, 0, 3, .. bytes]);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
