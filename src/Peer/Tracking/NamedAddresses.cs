using System.Net;
using System.Net.Sockets;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>
/// Decides whether this peer may connect to an address that a tracker has named. A remote tracker cannot know about hosts on this machine
/// or on this machine's local network link. A tracker that names such hosts may want this peer to probe ports that the tracker cannot reach
/// itself.
/// </summary>
/// <param name="tracker">The address that was used to reach the tracker.</param>
internal sealed class NamedAddresses(IPAddress tracker)
{
    /// <summary>The rule when no tracker is known: no local address is permitted.</summary>
    public static readonly NamedAddresses WithoutTracker = new(IPAddress.None);

    private enum AddressScope
    {
        Anywhere,
        Link,
        Machine,
        Nowhere,
    }

    /// <summary>Returns whether this peer may connect to an address.</summary>
    public bool Permits(IPAddress address) => ScopeOf(address) switch
    {
        AddressScope.Machine => ScopeOf(tracker) == AddressScope.Machine,
        AddressScope.Link => ScopeOf(tracker) is AddressScope.Link or AddressScope.Machine,
        AddressScope.Nowhere => false,
        _ => true,
    };

    /// <summary>
    /// Returns whether a host may be tried. A host name is always permitted, because its addresses are checked later, when a connection is
    /// opened.
    /// </summary>
    public bool Permits(string host) => !IPAddress.TryParse(host, out var address) || Permits(address);

    /// <summary>Returns the song with only the hosts that may be tried.</summary>
    /// <param name="song">The song as a tracker describes it.</param>
    /// <param name="refused">The hosts that must not be tried; empty if there are none.</param>
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

    /// <summary>
    /// Gives link-local IPv6 addresses of the song's hosts the scope of the network link to the tracker. The tracker sees those hosts on
    /// that network link, but cannot know this machine's scope id for the link.
    /// </summary>
    public void AddScopes(Song song)
    {
        if (!tracker.IsIPv6LinkLocal)
            return;
        foreach (var host in song.Hosts)
        {
            if (IPAddress.TryParse(host.Address, out var address) && address.IsIPv6LinkLocal)
                host.Address = OnTrackersLink(address).ToString();
        }
    }

    /// <summary>Gives the endpoint in a call the same scope, if it has a link-local IPv6 address.</summary>
    public void AddScope(Call call)
    {
        if (tracker.IsIPv6LinkLocal && IPEndPoint.TryParse(call.Endpoint, out var endpoint) && endpoint.Address.IsIPv6LinkLocal)
            call.Endpoint = new IPEndPoint(OnTrackersLink(endpoint.Address), endpoint.Port).ToString();
    }

    /// <summary>Returns the named trackers, except those that must not be tried.</summary>
    public IEnumerable<string> Filter(IEnumerable<string> trackers) =>
        trackers.Where(name => !TrackerAddress.TryParse(name, null, out var address) || Permits(address.Host));

    private IPAddress OnTrackersLink(IPAddress address) => new(address.GetAddressBytes(), tracker.ScopeId);

    private static AddressScope ScopeOf(IPAddress address)
    {
        // The scope is removed because "::1%1" would not count as a loopback address.
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : new IPAddress(address.GetAddressBytes());
        if (IPAddress.IsLoopback(address))
            return AddressScope.Machine;
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return address.IsIPv6LinkLocal ? AddressScope.Link
                : address.IsIPv6Multicast || address.Equals(IPAddress.IPv6Any) ? AddressScope.Nowhere
                : AddressScope.Anywhere;
        }

        // 0.0.0.0/8 is "this network", and 169.254.0.0/16 is link-local. Addresses from 224.0.0.0 on are multicast, reserved or broadcast.
        return address.GetAddressBytes() switch
        {
            [0, ..] => AddressScope.Nowhere,
            [169, 254, ..] => AddressScope.Link,
            [>= 224, ..] => AddressScope.Nowhere,
            _ => AddressScope.Anywhere,
        };
    }
}
