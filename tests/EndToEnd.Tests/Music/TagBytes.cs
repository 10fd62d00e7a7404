using System.Buffers.Binary;
using System.Text;

namespace TspActors.EndToEnd.Tests.Music;

/// <summary>Builds tags byte by byte, according to their specifications.</summary>
public static class TagBytes
{
    /// <summary>Returns an ID3v2.3 tag with text frames in Latin-1. The tag goes before the audio.</summary>
    public static byte[] Id3v23(params (string Frame, string Value)[] texts)
    {
        var frames = texts.SelectMany(text => (byte[])
            [.. Encoding.ASCII.GetBytes(text.Frame), .. BigEndian(text.Value.Length + 1), 0, 0, 0,
                .. Encoding.Latin1.GetBytes(text.Value)]).ToArray();
        return [.. "ID3"u8, 3, 0, 0, 0, (byte)(frames.Length >> 14 & 127), (byte)(frames.Length >> 7 & 127), (byte)(frames.Length & 127),
            .. frames];
    }

    /// <summary>Returns an ID3v1 tag, which goes at the very end of the file.</summary>
    public static byte[] Id3v1(string title, string artist)
    {
        var tag = new byte[128];
        "TAG"u8.CopyTo(tag);
        Encoding.Latin1.GetBytes(title, tag.AsSpan(3, 30));
        Encoding.Latin1.GetBytes(artist, tag.AsSpan(33, 30));
        return tag;
    }

    /// <summary>Returns an APEv2 tag with a header and a footer. The tag goes after the audio.</summary>
    public static byte[] Ape(params (string Key, string Value)[] items)
    {
        const uint hasHeader = 1u << 31;
        const uint isHeader = 1u << 29;
        var body = items.SelectMany(item =>
        {
            var value = Encoding.UTF8.GetBytes(item.Value);
            return (byte[])[.. LittleEndian(value.Length), .. LittleEndian(0), .. Encoding.ASCII.GetBytes(item.Key), 0, .. value];
        }).ToArray();
        return [.. Edge(hasHeader | isHeader), .. body, .. Edge(hasHeader)];

        byte[] Edge(uint flags) =>
            [.. "APETAGEX"u8, .. LittleEndian(2000), .. LittleEndian(body.Length + 32), .. LittleEndian(items.Length),
                .. LittleEndian((int)flags), .. new byte[8]];
    }

    private static byte[] BigEndian(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    private static byte[] LittleEndian(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes;
    }
}
