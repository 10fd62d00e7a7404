using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace TspActors.Protocol;

/// <summary>The 16 bytes that identify a peer. They stay the same when the peer restarts, unless the peer is a guest.</summary>
public readonly record struct PeerId
{
    /// <summary>The length of an id in bytes.</summary>
    public const int Size = 16;

    private readonly UInt128 _value;

    /// <summary>Reads an id from exactly <see cref="Size"/> bytes.</summary>
    /// <exception cref="ArgumentException">The span is not 16 bytes long.</exception>
    public PeerId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new ArgumentException($"A peer id is {Size} bytes, not {bytes.Length}.", nameof(bytes));
        _value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>Returns a new random id.</summary>
    public static PeerId NewRandom()
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomNumberGenerator.Fill(bytes);
        return new PeerId(bytes);
    }

    /// <summary>Parses 32 hexadecimal digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out PeerId id)
    {
        Span<byte> bytes = stackalloc byte[Size];
        id = default;
        if (text is null || text.Length != Size * 2
            || Convert.FromHexString(text, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
            return false;
        id = new PeerId(bytes);
        return true;
    }

    // Without a key, a peer chooses its own id, so the hash code must not be predictable.
    /// <inheritdoc/>
    public override int GetHashCode() => KeyedHashCode.Of((ulong)_value, (ulong)(_value >> 64));

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
