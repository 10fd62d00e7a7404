using System.IO.Compression;
using System.Text;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Media.Tests.Material;

/// <summary>Builds the tags around the audio of an MP3 file.</summary>
public static class TagBytes
{
    /// <summary>Builds an ID3v2 tag from frames built by <see cref="TagFrame"/>.</summary>
    public static byte[] Id3v2(int version, byte flags, byte[] body, bool withFooter = false)
    {
        byte[] header =
            [(byte)'I', (byte)'D', (byte)'3', (byte)version, 0, (byte)(flags | (withFooter ? 0x10 : 0)), .. Synchsafe(body.Length)];
        byte[] footer = withFooter ? [(byte)'3', (byte)'D', (byte)'I', .. header[3..]] : [];
        return Join(header, body, footer);
    }

    /// <summary>Builds a frame of an ID3v2 tag; the version determines how its size is encoded.</summary>
    public static byte[] TagFrame(int version, string id, byte[] body, ushort flags = 0) => version switch
    {
        2 => Join(Encoding.ASCII.GetBytes(id), [(byte)(body.Length >> 16), (byte)(body.Length >> 8), (byte)body.Length], body),
        3 => Join(Encoding.ASCII.GetBytes(id), BigEndian(body.Length), [(byte)(flags >> 8), (byte)flags], body),
        _ => Join(Encoding.ASCII.GetBytes(id), Synchsafe(body.Length), [(byte)(flags >> 8), (byte)flags], body),
    };

    public static byte[] Latin1(string text) => [0, .. Encoding.Latin1.GetBytes(text)];

    public static byte[] Utf16(string text) => [1, 0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)];

    public static byte[] Utf16BigEndian(string text) => [2, .. Encoding.BigEndianUnicode.GetBytes(text)];

    public static byte[] Utf8(string text) => [3, .. Encoding.UTF8.GetBytes(text)];

    public static byte[] Id3v1(string title, string artist = "", string album = "", string year = "", byte track = 0, byte genre = 255)
    {
        var tag = new byte[128];
        "TAG"u8.CopyTo(tag);
        Encoding.Latin1.GetBytes(title).CopyTo(tag, 3);
        Encoding.Latin1.GetBytes(artist).CopyTo(tag, 33);
        Encoding.Latin1.GetBytes(album).CopyTo(tag, 63);
        Encoding.Latin1.GetBytes(year).CopyTo(tag, 93);
        tag[126] = track;
        tag[127] = genre;
        return tag;
    }

    public static byte[] Ape(bool withHeader, params (string Key, string Value)[] items)
    {
        var body = Join([.. items.Select(item =>
        {
            var value = Encoding.UTF8.GetBytes(item.Value);
            return Join(LittleEndian(value.Length), LittleEndian(0), Encoding.ASCII.GetBytes(item.Key), [0], value);
        })]);
        byte[] Mark(uint flags) =>
            Join(
                "APETAGEX"u8.ToArray(), LittleEndian(2000), LittleEndian(body.Length + 32), LittleEndian(items.Length),
                LittleEndian((int)flags), new byte[8]);
        return Join(withHeader ? Mark(0xA000_0000) : [], body, Mark(withHeader ? 0x8000_0000 : 0));
    }

    public static byte[] Lyrics3v2(string lyrics)
    {
        var body = "LYRICSBEGIN" + "LYR" + lyrics.Length.ToString("D5", null) + lyrics;
        return Encoding.Latin1.GetBytes(body + body.Length.ToString("D6", null) + "LYRICS200");
    }

    /// <summary>
    /// Unsynchronises bytes: inserts a zero wherever they would look like the start of an MPEG frame, or like an inserted zero.
    /// </summary>
    public static byte[] Stuffed(byte[] bytes)
    {
        var stuffed = new List<byte>();
        for (var index = 0; index < bytes.Length; index++)
        {
            stuffed.Add(bytes[index]);
            if (bytes[index] == 0xFF && (index + 1 == bytes.Length || bytes[index + 1] is 0 or >= 0xE0))
                stuffed.Add(0);
        }

        return [.. stuffed];
    }

    /// <summary>Compresses bytes as in a compressed frame, but without the length that precedes them.</summary>
    public static byte[] Zipped(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var zlib = new ZLibStream(zipped, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(bytes);
        return zipped.ToArray();
    }

    public static byte[] Synchsafe(int value) =>
        [(byte)(value >> 21 & 0x7F), (byte)(value >> 14 & 0x7F), (byte)(value >> 7 & 0x7F), (byte)(value & 0x7F)];

    public static byte[] BigEndian(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private static byte[] LittleEndian(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16), (byte)(value >> 24)];
}
