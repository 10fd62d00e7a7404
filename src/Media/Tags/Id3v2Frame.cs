using System.Buffers.Binary;
using System.Text;
using TspActors.Media.Mp3;

namespace TspActors.Media.Tags;

/// <summary>Interprets one frame of an ID3v2 tag: the meaning of its id, its flags, and the encoding of its text.</summary>
internal static class Id3v2Frame
{
    /// <summary>
    /// Returns true if this can be a frame's id, which consists of capital letters and digits. A version 2.2 id in a 2.3 tag ends with a
    /// NUL or a space.
    /// </summary>
    public static bool IsId(ReadOnlySpan<byte> id)
    {
        if (id.Length == 4 && id[3] is 0 or (byte)' ')
            id = id[..3];
        foreach (var letter in id)
        {
            if (letter is not (>= (byte)'A' and <= (byte)'Z') and not (>= (byte)'0' and <= (byte)'9'))
                return false;
        }

        return true;
    }

    /// <summary>Returns the field that a frame with this id fills.</summary>
    public static TagField FieldOf(ReadOnlySpan<byte> id) => Encoding.ASCII.GetString(id).TrimEnd('\0', ' ') switch
    {
        "TIT2" or "TT2" => TagField.Title,
        "TPE1" or "TP1" => TagField.Artist,
        "TALB" or "TAL" => TagField.Album,
        "TPE2" or "TP2" => TagField.AlbumArtist,
        "TRCK" or "TRK" => TagField.Track,
        "TPOS" or "TPA" => TagField.Disc,
        "TDRC" => TagField.RecordedOn,
        "TYER" or "TYE" => TagField.Year,
        "TDRL" => TagField.ReleasedOn,
        "TCON" or "TCO" => TagField.Genre,
        "TXXX" or "TXX" => TagField.UserDefined,
        _ => TagField.None,
    };

    /// <summary>
    /// Returns the field for a user-defined text frame with this description. Programs that use TPE2 for the orchestra store the album
    /// artist this way.
    /// </summary>
    public static TagField FieldOfUserDefined(string description) =>
        description.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant() switch
        {
            "ALBUMARTIST" => TagField.UserAlbumArtist,
            var name => GainDraft.FieldOf(name),
        };

    /// <summary>
    /// Unpacks a frame according to its flags (unsynchronised, compressed, grouped). Returns null if the frame is encrypted or damaged, or
    /// if <paramref name="budget"/> is used up.
    /// </summary>
    public static byte[]? Unpack(Span<byte> data, int version, int flags, bool isTagUnsynchronised, int maxBytes, InflateBudget budget)
    {
        var isVersion4 = version == 4;
        var isCompressed = (flags & (isVersion4 ? 0x08 : 0x80)) != 0;
        var isEncrypted = (flags & (isVersion4 ? 0x04 : 0x40)) != 0;
        var isGrouped = (flags & (isVersion4 ? 0x40 : 0x20)) != 0;
        var hasLength = isVersion4 ? (flags & 0x01) != 0 : isCompressed;
        if (isEncrypted)
            return null;
        var extra = (isGrouped ? 1 : 0) + (hasLength ? 4 : 0);
        if (data.Length < extra)
            return null;
        var body = data[extra..];
        if (isVersion4 && (isTagUnsynchronised || (flags & 0x02) != 0))
            body = body[..RemoveStuffing(body)];
        return isCompressed ? budget.Inflate(body, maxBytes) : body.ToArray();
    }

    /// <summary>Returns the size in a frame header, read as a plain number and as a synchsafe one. The latter is -1 if the bytes are not
    /// synchsafe.</summary>
    public static (long Plain, long Synchsafe) Sizes(ReadOnlySpan<byte> header, int version)
    {
        if (version == 2)
            return (header[3] << 16 | header[4] << 8 | header[5], -1);
        var plain = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        return (plain, SynchsafeInteger.TryRead(header[4..], out var synchsafe) ? synchsafe : -1);
    }

    /// <summary>
    /// Returns the size in a frame header, read in this notation. A size that is not synchsafe is read as a plain number.
    /// </summary>
    public static long Size(ReadOnlySpan<byte> header, int version, FrameSizes sizes)
    {
        var (plain, synchsafe) = Sizes(header, version);
        var isSynchsafe = version == 4 ? sizes != FrameSizes.Swapped : sizes == FrameSizes.Swapped;
        return isSynchsafe && synchsafe >= 0 ? synchsafe : plain;
    }

    /// <summary>
    /// Removes the zeros that unsynchronisation added to text, if the UTF-16 byte order mark shows that there are any. Some programs
    /// unsynchronise pictures but not text.
    /// </summary>
    public static ReadOnlySpan<byte> RemoveOwnStuffing(byte[] data) =>
        data is [1, 0xFF, 0, 0xFE, ..] or [1, 0xFE, 0xFF, 0, 0, ..] ? data.AsSpan(0, RemoveStuffing(data)) : data;

    /// <summary>Decodes the text in a frame. The first byte states the encoding.</summary>
    public static string Decode(ReadOnlySpan<byte> data)
    {
        var text = data[1..];
        return data[0] switch
        {
            0 => TagText.DecodeLatin1(text),
            1 => DecodeUtf16(text),
            2 => Encoding.BigEndianUnicode.GetString(Even(text)),
            3 => Encoding.UTF8.GetString(text),
            _ => "",
        };
    }

    private static string DecodeUtf16(ReadOnlySpan<byte> text) => text switch
    {
        [0xFE, 0xFF, .. var rest] => Encoding.BigEndianUnicode.GetString(Even(rest)),
        [0xFF, 0xFE, .. var rest] => Encoding.Unicode.GetString(Even(rest)),
        _ => Encoding.Unicode.GetString(Even(text)),
    };

    private static ReadOnlySpan<byte> Even(ReadOnlySpan<byte> text) => text[..(text.Length & ~1)];

    /// <summary>Removes the zeros that unsynchronisation added, in place. Returns the number of bytes that are left.</summary>
    public static int RemoveStuffing(Span<byte> bytes)
    {
        var length = 0;
        var afterFF = false;
        foreach (var value in bytes)
        {
            var isStuffing = afterFF && value == 0;
            afterFF = value == 0xFF;
            if (!isStuffing)
                bytes[length++] = value;
        }

        return length;
    }
}
