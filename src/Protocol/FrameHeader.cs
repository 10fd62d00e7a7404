using System.Buffers.Binary;

namespace TspActors.Protocol;

/// <summary>
/// The header of a frame: the five bytes that begin every frame, and the body length that follows them if there is a body.
/// </summary>
/// <param name="Operation">The operation, which may be unknown to this version.</param>
/// <param name="SongId">The song id, or a cursor; 0 = none.</param>
/// <param name="HasBody">Whether the frame has a body: bit 7 of the type byte.</param>
/// <param name="BodyLength">The length of the body in bytes; 0 if there is none.</param>
public readonly record struct FrameHeader(Operation Operation, int SongId, bool HasBody, uint BodyLength)
{
    /// <summary>The length of a header without the body length, in bytes.</summary>
    public const int Size = 5;

    /// <summary>The length of a header with the body length, in bytes.</summary>
    public const int SizeWithLength = 9;

    private const byte BodyBit = 0x80;

    /// <summary>Returns the length of a header that begins with <paramref name="typeByte"/>.</summary>
    public static int SizeOf(byte typeByte) => (typeByte & BodyBit) == 0 ? Size : SizeWithLength;

    /// <summary>Reads a header from a span of at least <see cref="SizeOf"/> bytes.</summary>
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
    /// <returns>The number of bytes written: 5 or 9.</returns>
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
