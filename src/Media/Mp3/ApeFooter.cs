using System.Buffers.Binary;

namespace TspActors.Media.Mp3;

/// <summary>The 32 bytes at the end of an APE tag, and often also at its start.</summary>
internal readonly record struct ApeFooter(long ItemBytes, uint ItemCount, bool HasHeader, bool IsHeader)
{
    public const int Size = 32;

    public static ReadOnlySpan<byte> Preamble => "APETAGEX"u8;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out ApeFooter footer)
    {
        footer = default;
        if (bytes.Length < Size || !bytes.StartsWith(Preamble))
            return false;
        // The size includes the items and the footer, but not the header.
        var size = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]);
        if (size < Size)
            return false;
        footer = new ApeFooter(
            size - Size, BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]), (flags & 0x8000_0000) != 0, (flags & 0x2000_0000) != 0);
        return true;
    }
}
