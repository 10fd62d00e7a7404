using System.Buffers.Binary;

namespace TspActors.Protocol;

/// <summary>The five bytes that open every frame, and the length that follows them where there is a body.</summary>
/// <param name="Operation">What the frame is; may be one this version does not know.</param>
/// <param name="SongId">The song id, or a cursor; 0 = none.</param>
/// <param name="HasBody">Bit 7 of the type byte.</param>
/// <param name="BodyLength">Bytes of the body; 0 without one.</param>
public readonly record struct FrameHeader(Operation Operation, int SongId, bool HasBody, uint BodyLength)
{
    /// <summary>Bytes of the TSP header.</summary>
    public const int Size = 5;

    /// <summary>Bytes of the TSP header and the body length.</summary>
    public const int SizeWithLength = 9;

    private const byte BodyBit = 0x80;

    /// <summary>Bytes a header takes that begins with <paramref name="typeByte"/>.</summary>
    public static int SizeOf(byte typeByte) => (typeByte & BodyBit) == 0 ? Size : SizeWithLength;

    /// <summary>Reads a header; the span holds at least <see cref="SizeOf"/> its first byte.</summary>
    public static FrameHeader Read(ReadOnlySpan<byte> bytes)
    {
        var hasBody = (bytes[0] & BodyBit) != 0;
        return new FrameHeader(
            (Operation)(bytes[0] & ~BodyBit),
            BinaryPrimitives.ReadInt32BigEndian(bytes[1..]),
            hasBody,
            hasBody ? BinaryPrimitives.ReadUInt32BigEndian(bytes[Size..]) : 0);
    }

    /// <summary>Writes the header to the start of <paramref name="destination"/>.</summary>
    /// <returns>The bytes written: 5 or 9.</returns>
    public int Write(Span<byte> destination)
    {
        destination[0] = (byte)((byte)Operation | (HasBody ? BodyBit : 0));
        BinaryPrimitives.WriteInt32BigEndian(destination[1..], SongId);
        if (!HasBody)
            return Size;
        BinaryPrimitives.WriteUInt32BigEndian(destination[Size..], BodyLength);
        return SizeWithLength;
    }
}
