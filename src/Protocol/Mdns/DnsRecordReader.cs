using System.Net;
using System.Text;
using System.Text.Unicode;

namespace TspActors.Protocol.Mdns;

/// <summary>Reads the questions and records of a DNS message.</summary>
internal static class DnsRecordReader
{
    private const ushort Internet = 1;
    private const ushort AnyClass = 255;

    // The top bit of the class means "reply to me only" in a question and "replaces all others" in a record.
    private const ushort Flag = 0x8000;

    /// <summary>Returns the Internet class (IN), with or without the flag.</summary>
    public static ushort ClassWith(bool flag) => flag ? (ushort)(Internet | Flag) : Internet;

    /// <summary>Returns the next question; null if its class is not Internet, or if it is malformed.</summary>
    public static DnsQuestion? ReadQuestion(ref DnsReader reader)
    {
        var name = reader.ReadName();
        var type = reader.ReadUInt16();
        var @class = reader.ReadUInt16();
        var isInternet = (@class & ~Flag) is Internet or AnyClass;
        return isInternet && !reader.HasFailed ? new DnsQuestion(name, type, (@class & Flag) != 0) : null;
    }

    /// <summary>Returns the next record; null if discovery does not use its type or class, or if it is malformed.</summary>
    public static DnsRecord? ReadRecord(ref DnsReader reader)
    {
        var name = reader.ReadName();
        var type = reader.ReadUInt16();
        var @class = reader.ReadUInt16();
        var ttl = reader.ReadUInt32();
        int length = reader.ReadUInt16();
        if (reader.HasFailed)
            return null;
        var end = reader.Position + length;
        var record = (@class & ~Flag) != Internet ? null : ReadContent(ref reader, type, name, ttl, end);
        // Content that discovery does not use is skipped. All other content must have been read completely.
        if (record is null && !reader.HasFailed)
            reader.ReadBytes(end - reader.Position);
        if (reader.Position != end)
            reader.Fail();
        return reader.HasFailed || record is null ? null : record with { IsUnique = (@class & Flag) != 0 };
    }

    private static DnsRecord? ReadContent(ref DnsReader reader, ushort type, DnsName name, uint ttl, int end) => type switch
    {
        DnsType.InstancePointer => new PointerRecord(name, ttl, reader.ReadName()),
        DnsType.Service => ReadService(ref reader, name, ttl),
        DnsType.Text => new TextRecord(name, ttl, ReadTexts(ref reader, end)),
        DnsType.Address => ReadAddress(ref reader, name, ttl, 4),
        DnsType.AddressV6 => ReadAddress(ref reader, name, ttl, 16),
        _ => null,
    };

    private static ServiceRecord ReadService(ref DnsReader reader, DnsName name, uint ttl)
    {
        // Skips the priority and the weight. They are for choosing among several hosts, but a tracker has only one.
        reader.ReadUInt32();
        int port = reader.ReadUInt16();
        return new ServiceRecord(name, ttl, reader.ReadName(), port);
    }

    private static AddressRecord? ReadAddress(ref DnsReader reader, DnsName name, uint ttl, int length)
    {
        var bytes = reader.ReadBytes(length);
        return bytes.Length == length ? new AddressRecord(name, ttl, new IPAddress(bytes)) : null;
    }

    private static List<string> ReadTexts(ref DnsReader reader, int end)
    {
        var texts = new List<string>();
        while (!reader.HasFailed && reader.Position < end)
        {
            var text = reader.ReadBytes(reader.ReadByte());
            // A value may be binary (RFC 6763 section 6.5), but a tracker's values never are.
            if (text.Length > 0 && Utf8.IsValid(text))
                texts.Add(Encoding.UTF8.GetString(text));
        }

        return texts;
    }
}
