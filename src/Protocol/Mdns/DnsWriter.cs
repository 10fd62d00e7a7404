using System.Buffers.Binary;
using System.Text;

namespace TspActors.Protocol.Mdns;

/// <summary>Writes the fields of a DNS message. A repeated name is written as a pointer to its first occurrence.</summary>
internal sealed class DnsWriter
{
    // A pointer has 14 bits.
    private const int MaxPointer = 0x3FFF;

    private readonly List<byte> _bytes = [];
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);

    /// <summary>The number of bytes written.</summary>
    public int Length => _bytes.Count;

    /// <summary>Returns the bytes written.</summary>
    public byte[] ToArray() => [.. _bytes];

    /// <summary>Writes a two-byte number.</summary>
    public void WriteUInt16(ushort value)
    {
        _bytes.Add((byte)(value >> 8));
        _bytes.Add((byte)value);
    }

    /// <summary>Writes a four-byte number.</summary>
    public void WriteUInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        WriteBytes(bytes);
    }

    /// <summary>Writes bytes.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    /// <summary>Writes the length of a string in one byte, then the string itself.</summary>
    /// <exception cref="ArgumentException">The string is longer than 255 bytes.</exception>
    public void WriteText(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > byte.MaxValue)
            throw new ArgumentException($"A string can have up to {byte.MaxValue} bytes, not {bytes.Length}.", nameof(text));
        _bytes.Add((byte)bytes.Length);
        WriteBytes(bytes);
    }

    /// <summary>Writes a name.</summary>
    public void WriteName(DnsName name)
    {
        for (var rest = name; rest.Labels.Count > 0; rest = rest.Parent)
        {
            var text = string.Join('\0', rest.Labels);
            if (_names.TryGetValue(text, out var at))
            {
                WriteUInt16((ushort)(0xC000 | at));
                return;
            }

            if (Length <= MaxPointer)
                _names.Add(text, Length);
            WriteText(rest.Labels[0]);
        }

        _bytes.Add(0);
    }

    /// <summary>Writes the length of a record's content in two bytes, then the content.</summary>
    public void WriteContent(DnsRecord record)
    {
        var start = Length;
        WriteUInt16(0);
        record.WriteContent(this);
        var length = Length - start - sizeof(ushort);
        (_bytes[start], _bytes[start + 1]) = ((byte)(length >> 8), (byte)length);
    }
}
