using System.Diagnostics.CodeAnalysis;

namespace TspActors.Protocol.Mdns;

/// <summary>
/// A message of multicast DNS (RFC 6762). Records of types that discovery does not use are left out when a message is read.
/// </summary>
public sealed record DnsMessage
{
    /// <summary>The maximum length of a message in bytes (RFC 6762 section 17).</summary>
    public const int MaxBytes = 9_000;

    /// <summary>The maximum number of questions and records in a received message.</summary>
    public const int MaxRecords = 64;

    private const ushort Reply = 0x8000;
    private const ushort Authoritative = 0x0400;

    // Messages with an opcode other than query, or a response code other than success, are ignored (RFC 6762 section 18).
    private const ushort OperationAndResult = 0x780F;

    /// <summary>The id of a query, which a unicast reply repeats; 0 in multicast messages.</summary>
    public ushort Id { get; init; }

    /// <summary>Whether this is a reply; otherwise it is a query.</summary>
    public bool IsReply { get; init; }

    /// <summary>The questions.</summary>
    public IReadOnlyList<DnsQuestion> Questions { get; init; } = [];

    /// <summary>The answers; in a query, those that the querier already has.</summary>
    public IReadOnlyList<DnsRecord> Answers { get; init; } = [];

    /// <summary>The records that a prober proposes.</summary>
    public IReadOnlyList<DnsRecord> Proposals { get; init; } = [];

    /// <summary>Records that the querier will probably need next.</summary>
    public IReadOnlyList<DnsRecord> Additionals { get; init; } = [];

    /// <summary>Reads a message.</summary>
    /// <param name="bytes">The complete datagram.</param>
    /// <param name="message">The message; null if it is malformed, exceeds a limit, or must be ignored.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DnsMessage? message)
    {
        message = null;
        if (bytes.Length > MaxBytes)
            return false;
        var reader = new DnsReader(bytes);
        var (id, flags) = (reader.ReadUInt16(), reader.ReadUInt16());
        int questions = reader.ReadUInt16();
        int answers = reader.ReadUInt16();
        int proposals = reader.ReadUInt16();
        int additionals = reader.ReadUInt16();
        if (reader.HasFailed || (flags & OperationAndResult) != 0 || questions + answers + proposals + additionals > MaxRecords)
            return false;
        var read = new DnsMessage
        {
            Id = id,
            IsReply = (flags & Reply) != 0,
            Questions = ReadQuestions(ref reader, questions),
            Answers = ReadRecords(ref reader, answers),
            Proposals = ReadRecords(ref reader, proposals),
            Additionals = ReadRecords(ref reader, additionals),
        };
        message = reader.HasFailed ? null : read;
        return message is not null;
    }

    /// <summary>Returns the message as bytes.</summary>
    /// <exception cref="InvalidOperationException">The message is longer than <see cref="MaxBytes"/>.</exception>
    public byte[] Encode()
    {
        var writer = new DnsWriter();
        writer.WriteUInt16(Id);
        writer.WriteUInt16(IsReply ? (ushort)(Reply | Authoritative) : (ushort)0);
        writer.WriteUInt16((ushort)Questions.Count);
        writer.WriteUInt16((ushort)Answers.Count);
        writer.WriteUInt16((ushort)Proposals.Count);
        writer.WriteUInt16((ushort)Additionals.Count);
        foreach (var question in Questions)
        {
            writer.WriteName(question.Name);
            writer.WriteUInt16(question.Type);
            writer.WriteUInt16(DnsRecordReader.ClassWith(question.WantsUnicast));
        }

        foreach (var record in Answers.Concat(Proposals).Concat(Additionals))
        {
            writer.WriteName(record.Name);
            writer.WriteUInt16(record.Type);
            writer.WriteUInt16(DnsRecordReader.ClassWith(record.IsUnique));
            writer.WriteUInt32(record.Ttl);
            writer.WriteContent(record);
        }

        return writer.Length <= MaxBytes
            ? writer.ToArray()
            : throw new InvalidOperationException($"The message has {writer.Length} bytes, more than {MaxBytes}.");
    }

    private static List<DnsQuestion> ReadQuestions(ref DnsReader reader, int count)
    {
        var questions = new List<DnsQuestion>();
        for (var number = 0; number < count && !reader.HasFailed; number++)
        {
            if (DnsRecordReader.ReadQuestion(ref reader) is { } question)
                questions.Add(question);
        }

        return questions;
    }

    private static List<DnsRecord> ReadRecords(ref DnsReader reader, int count)
    {
        var records = new List<DnsRecord>();
        for (var number = 0; number < count && !reader.HasFailed; number++)
        {
            if (DnsRecordReader.ReadRecord(ref reader) is { } record)
                records.Add(record);
        }

        return records;
    }
}
