using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace TspActors.Protocol;

/// <summary>The id of a TLS key: the first 16 bytes of the SHA-256 of its public key.</summary>
/// <remarks>A peer's id is the id of its key, so a host's id in a list also serves as the pin for connections to that host.</remarks>
public readonly record struct KeyId
{
    /// <summary>The length of an id in bytes.</summary>
    public const int Size = 16;

    private readonly UInt128 _value;

    /// <summary>Reads an id from exactly <see cref="Size"/> bytes.</summary>
    /// <exception cref="ArgumentException">The span is not 16 bytes long.</exception>
    public KeyId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new ArgumentException($"A key id is {Size} bytes, not {bytes.Length}.", nameof(bytes));
        _value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>Returns the id of a public key.</summary>
    /// <param name="subjectPublicKeyInfo">The key as a DER SubjectPublicKeyInfo.</param>
    public static KeyId FromPublicKey(ReadOnlySpan<byte> subjectPublicKeyInfo)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(subjectPublicKeyInfo, hash);
        return new KeyId(hash[..Size]);
    }

    /// <summary>Parses 32 hexadecimal digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out KeyId id)
    {
        var parsed = PeerId.TryParse(text, out var peer);
        id = parsed ? new KeyId(peer.ToArray()) : default;
        return parsed;
    }

    /// <summary>Returns the id of the peer that has this key.</summary>
    public PeerId ToPeerId() => new(ToArray());

    /// <summary>Returns the 16 bytes as a new array.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, _value);
        return bytes;
    }

    /// <summary>Returns the id as 32 lower-case hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToArray());
}
