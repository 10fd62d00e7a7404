using System.Net;
using System.Net.Sockets;
using TspActors.Protocol.Mdns;
using TspActors.Transport.Multicast;

namespace TspActors.Peer.Reaching.Discovery;

/// <summary>Collects the replies to one query: each tracker once, no matter how, or how often, it has answered.</summary>
/// <param name="id">The number of the query. A reply with any other number except 0 belongs to a different query.</param>
/// <param name="networks">This machine's interfaces; null = none.</param>
internal sealed class TrackerReplies(ushort id, IReadOnlyList<MulticastInterface>? networks = null)
{
    /// <summary>The maximum number of trackers. Further ones are ignored.</summary>
    public const int Most = 64;

    private const int MaxAddresses = 32;

    private readonly ILookup<IPAddress, int> _own = (networks ?? [])
        .SelectMany(network => network.Addresses.Select(address => (Address: address, network.Index)))
        .ToLookup(own => own.Address, own => own.Index);
    private readonly Dictionary<(string Name, DnsName Host, int Port), FoundTracker> _found = [];

    /// <summary>The trackers that have answered so far, sorted by name and address.</summary>
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
            if (FoundTracker.From(announced, sender, datagram.Interface, IsOwn(sender, datagram.Interface)) is { } tracker
                && (_found.Count < Most || _found.ContainsKey(key)))
                _found[key] = _found.TryGetValue(key, out var known) ? Join(known, tracker) : tracker;
        }
    }

    // The same tracker answers over both IPv4 and IPv6, and on each network that the two machines share. Only addresses are added: a later
    // reply must not replace the key of the first one.
    private static FoundTracker Join(FoundTracker known, FoundTracker tracker) => known.KeyId == tracker.KeyId
        ? known with { Addresses = [.. known.Addresses.Union(tracker.Addresses).Take(MaxAddresses).OrderBy(FoundTracker.Rank)] }
        : known;

    // A tracker on loopback may answer from another address of this machine. No other machine can send from such an address, except from a
    // link-local one, which a machine on a different network may also have.
    private bool IsOwn(IPAddress sender, int network)
    {
        if (IPAddress.IsLoopback(sender))
            return true;
        var address = new IPAddress(sender.GetAddressBytes());
        return IsLinkLocal(address) ? _own[address].Contains(network) : _own.Contains(address);
    }

    private static bool IsLinkLocal(IPAddress address) => address.IsIPv6LinkLocal
        || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [169, 254, ..]);
}
