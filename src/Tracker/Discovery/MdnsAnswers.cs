using System.Net;
using TspActors.Protocol.Mdns;

namespace TspActors.Tracker.Discovery;

/// <summary>Answers queries about a tracker.</summary>
internal sealed class MdnsAnswers
{
    // A browser asks for several services at the same time, but no querier needs to ask more questions than this about one tracker.
    private const int MaxQuestions = 16;

    private readonly AnswerLimits _limits = new();

    /// <summary>
    /// Returns the answer to a query; null if there is nothing to answer, or if too many answers have been sent recently.
    /// </summary>
    /// <param name="query">The query.</param>
    /// <param name="tracker">The tracker, with its addresses on the interface that received the query.</param>
    /// <param name="network">The number of that interface.</param>
    /// <param name="isFromResponder">
    /// Whether the query comes from the multicast DNS port. Any other querier understands only unicast replies (RFC 6762 section 6.7).
    /// </param>
    /// <param name="now">The current time.</param>
    public MdnsAnswer? Find(DnsMessage query, TrackerAnnouncement tracker, int network, bool isFromResponder, TimeSpan now)
    {
        DnsQuestion[] questions = [.. query.Questions.Take(MaxQuestions)];
        var records = tracker.Records;
        DnsRecord[] all = [.. records, ServicePointer];
        DnsRecord[] answers = [.. all.Where(record => questions.Any(question => question.Matches(record)) && !IsKnown(record, query))];
        if (answers.Length == 0)
            return null;
        var needsMore = answers.Any(answer => answer.Name.Equals(MdnsNames.Service) || answer.Name.Equals(tracker.InstanceName));
        DnsRecord[] additionals = needsMore ? [.. records.Except(answers).Where(record => record.Type != DnsType.InstancePointer)] : [];
        if (!isFromResponder)
            return UnicastReply(query, questions, answers, additionals, now);
        if (questions.Where(question => answers.Any(question.Matches)).All(question => question.WantsUnicast))
            return _limits.TryUnicast(now) ? new MdnsAnswer(Reply(answers, additionals), true) : null;
        var due = _limits.TakeMulticast(answers, network, now);
        return due.Count == 0 ? null : new MdnsAnswer(Reply(due, additionals), false);
    }

    /// <summary>Returns an unsolicited reply for the entire group.</summary>
    /// <param name="tracker">The tracker, with its addresses on an interface.</param>
    /// <param name="isGoodbye">Whether the reply withdraws the records.</param>
    public static DnsMessage Announce(TrackerAnnouncement tracker, bool isGoodbye = false) => Reply(
        isGoodbye ? [.. tracker.Records.Select(record => record with { Ttl = 0 })] : tracker.Records, []);

    private static PointerRecord ServicePointer => new(MdnsNames.AllServices, MdnsNames.OtherTtl, MdnsNames.Service);

    private MdnsAnswer? UnicastReply(
        DnsMessage query, DnsQuestion[] questions, DnsRecord[] answers, DnsRecord[] additionals, TimeSpan now) =>
        _limits.TryUnicast(now)
            ? new MdnsAnswer(
                new DnsMessage
                {
                    Id = query.Id,
                    IsReply = true,
                    Questions = [.. questions.Where(question => answers.Any(question.Matches))
                        .Select(question => question with { WantsUnicast = false })],
                    Answers = [.. answers.Select(Shortened)],
                    Additionals = [.. additionals.Select(Shortened)],
                },
                true)
            : null;

    private static DnsRecord Shortened(DnsRecord record) =>
        record with { Ttl = Math.Min(record.Ttl, MdnsNames.UnicastTtl), IsUnique = false };

    private static DnsMessage Reply(IReadOnlyList<DnsRecord> answers, IReadOnlyList<DnsRecord> additionals) =>
        new() { IsReply = true, Answers = answers, Additionals = additionals };

    // An answer that the querier already has, and that stays valid long enough, is not repeated (RFC 6762 section 7.1). Only pointers are
    // worth the comparison.
    private static bool IsKnown(DnsRecord record, DnsMessage query) => record is PointerRecord pointer && query.Answers.Any(
        known => known is PointerRecord other && other.Name.Equals(pointer.Name) && other.Target.Equals(pointer.Target)
            && other.Ttl >= pointer.Ttl / 2);
}
