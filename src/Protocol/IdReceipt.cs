using System.Buffers.Binary;
using System.Security.Cryptography;
using Google.Protobuf;

namespace TspActors.Protocol;

/// <summary>The 16 bytes that prove to a tracker that it assigned a song its id (docs/protocol.md section 2).</summary>
/// <remarks>A plain value, so that the receipts of a large library need no heap objects.</remarks>
public readonly record struct IdReceipt
{
    /// <summary>The length of a receipt in bytes.</summary>
    public const int Size = 16;

    private readonly UInt128 _value;

    /// <summary>Reads a receipt from exactly <see cref="Size"/> bytes.</summary>
    /// <exception cref="ArgumentException">The span is not 16 bytes long.</exception>
    public IdReceipt(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new ArgumentException($"A receipt is {Size} bytes, not {bytes.Length}.", nameof(bytes));
        _value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>True for the default value, which means "no receipt".</summary>
    public bool IsEmpty => _value == UInt128.Zero;

    private static ReadOnlySpan<byte> Purpose => "tsp1-id"u8;

    /// <summary>Computes the receipt: the first 16 bytes of HMAC-SHA256(key, "tsp1-id" + hash + id).</summary>
    public static IdReceipt Sign(ReadOnlySpan<byte> key, ContentHash hash, int id)
    {
        Span<byte> text = stackalloc byte[Purpose.Length + ContentHash.Size + sizeof(int)];
        Purpose.CopyTo(text);
        hash.CopyTo(text[Purpose.Length..]);
        BinaryPrimitives.WriteInt32BigEndian(text[(Purpose.Length + ContentHash.Size)..], id);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, text, mac);
        return new IdReceipt(mac[..Size]);
    }

    /// <summary>Reads a field whose size was checked when its message was parsed. An empty field means "no receipt".</summary>
    public static IdReceipt Read(ByteString field) =>
        field is { Length: Size } ? new IdReceipt(field.Span) : default;

    /// <summary>Returns true if both receipts are equal. The comparison takes constant time.</summary>
    public bool Matches(IdReceipt other) => CryptographicOperations.FixedTimeEquals(ToArray(), other.ToArray());

    /// <summary>Returns the 16 bytes as a new array.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, _value);
        return bytes;
    }

    /// <summary>Returns the 16 bytes as a field of a message; empty if there is no receipt.</summary>
    public ByteString ToByteString() => IsEmpty ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(ToArray());

    /// <summary>Returns the receipt as 32 lower-case hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToArray());
}
