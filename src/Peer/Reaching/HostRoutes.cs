using TspActors.Protocol;

namespace TspActors.Peer.Reaching;

/// <summary>Orders the ways to the hosts of a song.</summary>
internal static class HostRoutes
{
    /// <summary>
    /// Returns all ways to the hosts of a grant, in the order in which they are tried: hosts in this peer's network, hosts whose ports can
    /// be reached, and hosts that call back. Within each group, the tracker's order counts. A call to a host whose port can be reached, and
    /// an attempt to reach a host whose port cannot, come last.
    /// </summary>
    /// <param name="song">The song of the grant, with those of its hosts that may be tried.</param>
    /// <param name="reach">The ways that the tracker has named for this peer.</param>
    /// <param name="canBeCalled">Whether hosts can call this peer.</param>
    public static IReadOnlyList<HostRoute> Of(Song song, IEnumerable<HostReach> reach, bool canBeCalled)
    {
        var named = reach.GroupBy(way => new PeerId(way.PeerId.Span)).ToDictionary(ways => ways.Key, ways => ways.First());
        var (local, open, called, closed, spare) = (
            new List<HostRoute>(), new List<HostRoute>(), new List<HostRoute>(), new List<HostRoute>(), new List<HostRoute>());
        foreach (var host in song.Hosts)
        {
            var ways = named.GetValueOrDefault(new PeerId(host.PeerId.Span));
            if (ways?.Endpoints.Select(LocalEndpoint.Parse).FirstOrDefault(endpoint => endpoint is not null) is { } endpoint)
                local.Add(new HostRoute(host, new HostWay.Local(endpoint)));
            var isCallable = canBeCalled && ways?.Callable == true;
            if (isCallable)
                (host.Reachable ? spare : called).Add(new HostRoute(host, HostWay.CalledBack.Instance));
            (host.Reachable || !isCallable ? open : closed).Add(new HostRoute(host));
        }

        return [.. local, .. open, .. called, .. closed, .. spare];
    }
}
