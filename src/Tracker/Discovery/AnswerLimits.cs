using TspActors.Protocol.Mdns;
using TspActors.Tracker.Calls;

namespace TspActors.Tracker.Discovery;

/// <summary>Limits a tracker's answers, so that queries cannot make it flood its network or another machine.</summary>
internal sealed class AnswerLimits
{
    /// <summary>The maximum number of unicast answers per second, to all queriers together.</summary>
    public const int UnicastPerSecond = 20;

    // A name changes at most four times a second, so few old names are remembered. More than this number would indicate a fault.
    private const int MaxRemembered = 1_000;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly RateWindow<int> _unicast = new(UnicastPerSecond, Second);
    private readonly Dictionary<(int Interface, ushort Type, DnsName Name), TimeSpan> _multicastAt = [];

    /// <summary>Counts a unicast answer. Returns false if there have been too many, in which case this one must not be sent.</summary>
    public bool TryUnicast(TimeSpan now)
    {
        if (_unicast.WaitFor(0, now) > TimeSpan.Zero)
            return false;
        _unicast.Add(0, now);
        return true;
    }

    /// <summary>
    /// Returns the records that were not sent to the group within the last second (RFC 6762 section 6), and marks them as sent.
    /// </summary>
    /// <param name="records">The records.</param>
    /// <param name="network">The number of the interface.</param>
    /// <param name="now">The current time.</param>
    public IReadOnlyList<DnsRecord> TakeMulticast(IReadOnlyList<DnsRecord> records, int network, TimeSpan now)
    {
        if (_multicastAt.Count > MaxRemembered)
            _multicastAt.Clear();
        // All addresses of a host form one set, which is always sent in full.
        var sets = records.Select(record => (network, record.Type, record.Name)).Distinct()
            .Where(set => !_multicastAt.TryGetValue(set, out var last) || now - last >= Second).ToHashSet();
        foreach (var set in sets)
            _multicastAt[set] = now;
        return [.. records.Where(record => sets.Contains((network, record.Type, record.Name)))];
    }
}
