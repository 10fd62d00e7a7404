using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TspActors.Protocol;

/// <summary>The 32 bytes that one end of a relayed connection presents to the relay to use its place.</summary>
public readonly record struct RelayTicket
{
    /// <summary>The length of a ticket in bytes.</summary>
    public const int Size = 32;

    private readonly UInt128 _first;
    private readonly UInt128 _second;

    /// <summary>Reads a ticket from exactly <see cref="Size"/> bytes.</summary>
    /// <exception cref="ArgumentException">The span is not 32 bytes long.</exception>
    public RelayTicket(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new ArgumentException($"A ticket is {Size} bytes, not {bytes.Length}.", nameof(bytes));
        _first = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        _second = BinaryPrimitives.ReadUInt128BigEndian(bytes[(Size / 2)..]);
    }

    /// <summary>Returns a new random ticket.</summary>
    public static RelayTicket NewRandom()
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomNumberGenerator.Fill(bytes);
        return new RelayTicket(bytes);
    }

    /// <summary>Returns the 32 bytes as a new array.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, _first);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(Size / 2), _second);
        return bytes;
    }
}
