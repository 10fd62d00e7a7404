using System.Net;
using TspActors.Protocol;
using TspActors.Tracker.Reachability;
using TspActors.Tracker.Relays;
using TspActors.Transport;

namespace TspActors.Tracker.Catalog;

/// <summary>Determines what a requester may learn about the ways to a host, besides the host's address (HostReach in a grant).</summary>
/// <param name="Address">The requester's address, normalised like <see cref="CatalogHost.RouterAddress"/>; null = it learns
///   nothing.</param>
/// <param name="IsCallable">Whether hosts can call the requester back, as far as this tracker knows.</param>
internal readonly record struct GrantView(IPAddress? Address, bool IsCallable)
{
    /// <summary>The view of a requester that is not registered.</summary>
    public static readonly GrantView OfStranger = new(null, false);

    /// <summary>The relays that the requester can use; null = none.</summary>
    public KnownRelays? Relays { get; init; }

    /// <summary>The requester.</summary>
    public PeerId Requester { get; init; }

    /// <summary>Whether the requester passes live feeds on.</summary>
    public bool PassesFeedsOn { get; init; }

    /// <summary>Returns the view of a session's peer.</summary>
    /// <param name="requester">The session's peer; null = no peer is registered.</param>
    /// <param name="address">The remote address of the session's connection.</param>
    /// <param name="relays">The relays; null = this tracker arranges none.</param>
    public static GrantView Of(CatalogHost? requester, IPAddress address, KnownRelays? relays = null) => requester is null
        ? OfStranger
        : new GrantView(
            CountedAddress.From(address),
            // A port that has not been probed yet is probed when a call arrives, unless probing it is not allowed.
            requester.Features.HasFlag(PeerFeatures.Callable) && ReachLimits.MayProbe(requester.Port)
                && requester.Reachability.Current != PortReach.Unreachable)
        {
            Relays = RelayRules.CanUse(requester) ? relays : null,
            Requester = requester.Id,
            PassesFeedsOn = requester.Features.HasFlag(PeerFeatures.LiveRelay),
        };

    /// <summary>
    /// Returns the ways to the hosts of a grant, in the order of the hosts; empty if there is nothing to say about any host.
    /// </summary>
    /// <param name="hosts">The hosts.</param>
    /// <param name="depths">How far the hosts of a live feed are from its source; null for a song.</param>
    public IReadOnlyList<HostReach> Of(IEnumerable<CatalogHost> hosts, IReadOnlyDictionary<PeerId, byte>? depths = null)
    {
        if (Address is null)
            return [];
        var view = this;
        var isRelayable = Relays?.RelaysFor(new RelayedPeer(Requester, Address));
        var ways = hosts.Select(host => view.Of(host, DepthOf(host, depths), isRelayable)).ToList();
        return ways.Any(way => way.Endpoints.Count > 0 || way.Callable || way.Relayable || way.RelayDepth > 0) ? ways : [];
    }

    // Nobody should pass a feed on from a host that shares it as a song.
    private static uint DepthOf(CatalogHost host, IReadOnlyDictionary<PeerId, byte>? depths) =>
        depths is null ? 0u : depths.TryGetValue(host.Id, out var depth) ? depth : (uint)LiveProof.MaxDepth;

    private HostReach Of(CatalogHost host, uint depth, Func<RelayedPeer, bool>? isRelayable)
    {
        var reach = new HostReach
        {
            PeerId = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(host.Id.ToArray()),
            Callable = IsCallable && host.IsCallable,
            RelayDepth = depth,
            Relayable = isRelayable is not null && RelayRules.CanHost(host) && isRelayable(RelayedPeer.From(host)),
        };
        if (Address!.Equals(host.RouterAddress))
            reach.Endpoints.Add(host.LocalEndpoints);
        return reach;
    }
}
