using System.Net;
using TspActors.Protocol.Mdns;
using TspActors.Transport.Multicast;

namespace TspActors.Peer.Reaching.Discovery;

/// <summary>Collects the replies to one query: each tracker once, no matter how and how often it has answered.</summary>
/// <param name="id">The number of the query. A reply with any other number except 0 belongs to another query.</param>
/// <param name="own">This machine's addresses, other than loopback; null = none.</param>
internal sealed class TrackerReplies(ushort id, IEnumerable<IPAddress>? own = null)
{
    /// <summary>The maximum number of trackers. Further ones are ignored.</summary>
    public const int Most = 64;

    private const int MaxAddresses = 32;

    private readonly HashSet<IPAddress> _own = [.. own ?? []];
    private readonly Dictionary<(string Name, DnsName Host, int Port), FoundTracker> _found = [];

    /// <summary>The trackers that have answered so far, by name and address.</summary>
    public IReadOnlyList<FoundTracker> Found =>
    [
        .. _found.Values.OrderBy(tracker => tracker.Name, StringComparer.OrdinalIgnoreCase)
            .ThenBy(tracker => $"{tracker.Address}", StringComparer.Ordinal).ThenBy(tracker => tracker.Port),
    ];

    /// <summary>Adds the trackers in a datagram. A malformed datagram is ignored.</summary>
    public void Add(MulticastDatagram datagram)
    {
        ArgumentNullException.ThrowIfNull(datagram);
        if (!DnsMessage.TryRead(datagram.Bytes.Span, out var message) || !message.IsReply || (message.Id != id && message.Id != 0))
            return;
        var sender = datagram.Sender.Address;
        foreach (var announced in TrackerAnnouncement.ReadAll(message))
        {
            var key = (announced.Name, announced.HostName, announced.Port);
            if (FoundTracker.From(announced, sender, datagram.Interface, IsOwn(sender)) is { } tracker
                && (_found.Count < Most || _found.ContainsKey(key)))
                _found[key] = _found.TryGetValue(key, out var known) ? Join(known, tracker) : tracker;
        }
    }

    // The same tracker answers over IPv4 and IPv6, and on each network that both machines have in common. Only addresses are added: a later
    // reply must not replace the key of the first one.
    private static FoundTracker Join(FoundTracker known, FoundTracker tracker) => known.KeyId == tracker.KeyId
        ? known with { Addresses = [.. known.Addresses.Union(tracker.Addresses).Take(MaxAddresses).OrderBy(FoundTracker.Rank)] }
        : known;

    // A tracker on loopback may answer from another address of this machine. No other machine can send from such an address.
    private bool IsOwn(IPAddress sender) =>
        IPAddress.IsLoopback(sender) || _own.Contains(new IPAddress(sender.GetAddressBytes()));
}
