using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace TspActors.Protocol.Mdns;

/// <summary>
/// Reads the fields of a DNS message. After a fault, every further field is empty and <see cref="HasFailed"/> is true, so the caller needs
/// to check only once, at the end.
/// </summary>
internal ref struct DnsReader
{
    // Real messages need only a few pointers for one name. A longer chain would only cost time.
    private const int MaxPointers = 16;
    private const int HeaderBytes = 12;

    private readonly ReadOnlySpan<byte> _message;

    public DnsReader(ReadOnlySpan<byte> message) => _message = message;

    /// <summary>The number of bytes read.</summary>
    public int Position { get; private set; }

    /// <summary>Whether the message is malformed.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Records that the message is malformed.</summary>
    public void Fail() => HasFailed = true;

    /// <summary>Returns the next bytes. If fewer than <paramref name="length"/> are left, records a fault and returns none.</summary>
    public ReadOnlySpan<byte> ReadBytes(int length)
    {
        if (HasFailed || length < 0 || length > _message.Length - Position)
        {
            HasFailed = true;
            return default;
        }

        var bytes = _message.Slice(Position, length);
        Position += length;
        return bytes;
    }

    /// <summary>Returns a one-byte number.</summary>
    public byte ReadByte() => ReadBytes(1) is [var value] ? value : (byte)0;

    /// <summary>Returns a two-byte number.</summary>
    public ushort ReadUInt16() => BinaryPrimitives.TryReadUInt16BigEndian(ReadBytes(sizeof(ushort)), out var value) ? value : (ushort)0;

    /// <summary>Returns a four-byte number.</summary>
    public uint ReadUInt32() => BinaryPrimitives.TryReadUInt32BigEndian(ReadBytes(sizeof(uint)), out var value) ? value : 0;

    /// <summary>Returns a name. Pointers may only point backwards, so a name cannot loop.</summary>
    public DnsName ReadName()
    {
        List<string> labels = [];
        var (at, start, pointers, bytes) = (Position, Position, 0, 1);
        var end = -1;
        while (!HasFailed && at < _message.Length)
        {
            int length = _message[at++];
            if (length == 0)
            {
                Position = end < 0 ? at : end;
                return DnsName.FromRead(labels);
            }

            if (length >= 0xC0 && at < _message.Length)
            {
                var target = ((length & 0x3F) << 8) | _message[at++];
                end = end < 0 ? at : end;
                if (target < HeaderBytes || target >= start || ++pointers > MaxPointers)
                    break;
                at = start = target;
                continue;
            }

            bytes += 1 + length;
            if (length > DnsName.MaxLabelBytes || bytes > DnsName.MaxBytes || length > _message.Length - at)
                break;
            var label = _message.Slice(at, length);
            if (!Utf8.IsValid(label))
                break;
            labels.Add(Encoding.UTF8.GetString(label));
            at += length;
        }

        HasFailed = true;
        return DnsName.From();
    }
}
