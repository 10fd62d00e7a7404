using System.Net;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Tracker.Catalog;

/// <summary>What a requester may learn about the ways to a host, besides its address (HostReach in a grant).</summary>
/// <param name="Address">The requester's address, normalised like <see cref="CatalogHost.RouterAddress"/>; null = it learns nothing.</param>
/// <param name="IsCallable">Whether hosts can call the requester back, as far as this tracker knows.</param>
internal readonly record struct GrantView(IPAddress? Address, bool IsCallable)
{
    /// <summary>The view of a requester that is not registered.</summary>
    public static readonly GrantView OfStranger = new(null, false);

    /// <summary>Returns the view of a session.</summary>
    /// <param name="requester">The session's peer; null = none is registered.</param>
    /// <param name="address">The remote address of the session's connection.</param>
    public static GrantView Of(CatalogHost? requester, IPAddress address) => requester is null
        ? OfStranger
        : new GrantView(
            CountedAddress.From(address),
            // A port that has not been probed yet is probed when the call comes.
            requester.Features.HasFlag(PeerFeatures.Callable) && requester.Port > 0
                && requester.Reachability.Current != PortReach.Unreachable);

    /// <summary>Returns the ways to the hosts of a grant, in their order; empty if there is nothing to say about any of them.</summary>
    public IReadOnlyList<HostReach> Of(IEnumerable<CatalogHost> hosts)
    {
        if (Address is null)
            return [];
        var view = this;
        var ways = hosts.Select(view.Of).ToList();
        return ways.Any(way => way.Endpoints.Count > 0 || way.Callable || way.Relayable) ? ways : [];
    }

    private HostReach Of(CatalogHost host)
    {
        var reach = new HostReach
        {
            PeerId = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(host.Id.ToArray()),
            Callable = IsCallable && host.IsCallable,
        };
        if (Address!.Equals(host.RouterAddress))
            reach.Endpoints.Add(host.LocalEndpoints);
        return reach;
    }
}
