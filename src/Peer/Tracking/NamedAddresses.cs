using System.Net;
using System.Net.Sockets;
using TspActors.Configuration;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>
/// Decides which addresses that a tracker names may be connected to. A tracker elsewhere cannot know of hosts on this machine or on its
/// link: one that names them wants this peer to knock at doors that it cannot reach itself.
/// </summary>
/// <param name="tracker">The address at which the tracker was reached.</param>
internal sealed class NamedAddresses(IPAddress tracker)
{
    /// <summary>The rule where no tracker is known: nothing local.</summary>
    public static readonly NamedAddresses OfNobody = new(IPAddress.None);

    private enum Reach
    {
        Anywhere,
        Link,
        Machine,
        Nowhere,
    }

    /// <summary>Returns whether this address may be connected to.</summary>
    public bool Permits(IPAddress address) => ReachOf(address) switch
    {
        Reach.Machine => ReachOf(tracker) == Reach.Machine,
        Reach.Link => ReachOf(tracker) is Reach.Link or Reach.Machine,
        Reach.Nowhere => false,
        _ => true,
    };

    /// <summary>
    /// Returns whether this host may be tried. A name is looked up only when it is connected to, and its addresses are judged then.
    /// </summary>
    public bool Permits(string host) => !IPAddress.TryParse(host, out var address) || Permits(address);

    /// <summary>Returns the song with the hosts that may be tried.</summary>
    /// <param name="song">The song as a tracker describes it.</param>
    /// <param name="refused">The hosts that may not; empty for none.</param>
    public Song Filter(Song song, out IReadOnlyList<Host> refused)
    {
        refused = [.. song.Hosts.Where(host => !Permits(host.Address))];
        if (refused.Count == 0)
            return song;
        var filtered = song.Clone();
        filtered.Hosts.Clear();
        filtered.Hosts.AddRange(song.Hosts.Where(host => Permits(host.Address)));
        return filtered;
    }

    /// <summary>Returns the trackers that may be tried, of those that this one names.</summary>
    public IEnumerable<string> Filter(IEnumerable<string> trackers) =>
        trackers.Where(name => !HostPort.TryParse(name, null, out var address) || Permits(address.Host));

    private static Reach ReachOf(IPAddress address)
    {
        // Without a scope, which "::1%1" has.
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : new IPAddress(address.GetAddressBytes());
        if (IPAddress.IsLoopback(address))
            return Reach.Machine;
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return address.IsIPv6LinkLocal ? Reach.Link
                : address.IsIPv6Multicast || address.Equals(IPAddress.IPv6Any) ? Reach.Nowhere
                : Reach.Anywhere;
        }

        // 0.0.0.0/8 is this network, 169.254.0.0/16 the link; 224.0.0.0/4 and what follows is multicast, reserved or broadcast.
        return address.GetAddressBytes() switch
        {
            [0, ..] => Reach.Nowhere,
            [169, 254, ..] => Reach.Link,
            [>= 224, ..] => Reach.Nowhere,
            _ => Reach.Anywhere,
        };
    }
}
