using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TspActors.Protocol;

/// <summary>The 16 bytes by which a requester recognizes the connection that a host opens in reply to a CALL.</summary>
public readonly record struct CallToken
{
    /// <summary>The length of a token in bytes.</summary>
    public const int Size = 16;

    private readonly UInt128 _value;

    /// <summary>Reads a token from exactly <see cref="Size"/> bytes.</summary>
    /// <exception cref="ArgumentException">The span is not 16 bytes long.</exception>
    public CallToken(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new ArgumentException($"A token is {Size} bytes, not {bytes.Length}.", nameof(bytes));
        _value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>Returns a new random token.</summary>
    public static CallToken NewRandom()
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomNumberGenerator.Fill(bytes);
        return new CallToken(bytes);
    }

    // Requesters choose the tokens, so the hash code must not be predictable.
    /// <inheritdoc/>
    public override int GetHashCode() => KeyedHashCode.Of((ulong)_value, (ulong)(_value >> 64));

    /// <summary>Returns the 16 bytes as a new array.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, _value);
        return bytes;
    }
}
