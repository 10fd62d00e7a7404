using System.Net;
using TspActors.Protocol;

namespace TspActors.Peer.Reaching;

/// <summary>Orders the ways to the hosts of a song.</summary>
internal static class HostRoutes
{
    // A machine has few networks. More attempts would only delay the other ways.
    private const int MaxLocal = 2;

    private const int MaxNamed = 3;

    /// <summary>Returns how many steps each host of a live feed is from the source.</summary>
    public static IReadOnlyDictionary<PeerId, uint> DepthsOf(PlayGrant grant)
    {
        var depths = new Dictionary<PeerId, uint>();
        foreach (var host in grant.Song?.Hosts.Where(host => host.PeerId.Length == PeerId.Size) ?? [])
            depths[new PeerId(host.PeerId.Span)] = 0;
        foreach (var reach in grant.Reach.Where(reach => reach.PeerId.Length == PeerId.Size))
            depths[new PeerId(reach.PeerId.Span)] = reach.RelayDepth;
        return depths;
    }

    /// <summary>
    /// Returns all ways to the hosts of a grant, in the order in which they are tried: hosts on this peer's network, hosts whose ports can
    /// be reached, and hosts that call back. Within each group, the tracker's order applies. Direct attempts to reach hosts that call
    /// back, and calls to hosts whose ports can be reached, come late; relays, which use other peers' upload, come last.
    /// </summary>
    /// <param name="song">The song in the grant, with only those hosts that may be tried.</param>
    /// <param name="reach">The ways that the tracker has named for this peer.</param>
    /// <param name="canBeCalled">Whether hosts can call this peer.</param>
    /// <param name="usesRelays">Whether this peer can use a relay.</param>
    public static IReadOnlyList<HostRoute> Of(Song song, IEnumerable<HostReach> reach, bool canBeCalled, bool usesRelays = false)
    {
        var named = reach.GroupBy(way => new PeerId(way.PeerId.Span)).ToDictionary(ways => ways.Key, ways => ways.First());
        var (local, open, called, closed, spare, relayed) = (
            new List<HostRoute>(), new List<HostRoute>(), new List<HostRoute>(), new List<HostRoute>(), new List<HostRoute>(),
            new List<HostRoute>());
        foreach (var host in song.Hosts)
        {
            var ways = named.GetValueOrDefault(new PeerId(host.PeerId.Span));
            foreach (var endpoint in ways?.Endpoints.Select(LocalEndpoint.Parse).OfType<IPEndPoint>().Take(MaxLocal) ?? [])
                local.Add(new HostRoute(host, new HostWay.Local(endpoint)));
            var isCallable = canBeCalled && ways?.Callable == true;
            if (isCallable)
                (host.Reachable ? spare : called).Add(new HostRoute(host, HostWay.CalledBack.Instance));
            (host.Reachable || !isCallable ? open : closed).Add(new HostRoute(host));
            if (usesRelays && host.Secure && ways?.Relayable == true)
                relayed.Add(new HostRoute(host, HostWay.Relayed.Instance));
        }

        return [.. local, .. open, .. called, .. closed, .. spare, .. relayed];
    }

    /// <summary>Returns the route by which "play" would first try to reach a host; null if none is known.</summary>
    /// <param name="host">The host.</param>
    /// <param name="routes">The routes to the hosts of a song, best first; null = unknown.</param>
    public static HostRoute? FindFirst(Host host, IReadOnlyList<HostRoute>? routes) =>
        routes?.FirstOrDefault(route => route.Host.PeerId == host.PeerId) switch
        {
            // A command that opens no port, such as "info", cannot be called back, so its routes lack the callback that "play" would use.
            { Way: HostWay.Direct, Host: { Reachable: false, Callable: true } } route => route with { Way = HostWay.CalledBack.Instance },
            var route => route,
        };

    /// <summary>
    /// Returns a human-readable guess at why no way led to a host; null if the ways suggest none. Without a call or a relay, there is
    /// only the listed address, to which the tracker could not connect either.
    /// </summary>
    public static string? Explain(IReadOnlyList<HostRoute> routes) =>
        routes.Count > 0 && routes.All(route => route is { Way: HostWay.Direct, Host.Reachable: false })
            ? $"neither {string.Join(" nor ", routes.Select(route => VisibleText.Clean(route.Host.Name)).Distinct().Take(MaxNamed))} nor this peer "
                + "can be reached from outside their networks: forward a port at one end ('doctor' says how), or use a tracker with a relay"
            : null;
}
