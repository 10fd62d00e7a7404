using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>The order in which a listener should try the hosts of a live feed.</summary>
/// <remarks>
/// The entire feed depends on its source's uplink, so this order spares the source. A listener that passes the feed on is sent as close to
/// the source as possible, because other listeners will depend on it. Any other listener tries two relays before the source. A listener
/// tries three hosts within a second, so made-up relays cannot keep it from the source. Half of the source's streams are reserved for
/// listeners that pass the feed on. Once the other half is in use, any other listener tries the source only after all relays that are not
/// full, and not at all if there are relays but all of them are full. Otherwise, listeners that pass nothing on would fill the source, and
/// no new relay could ever join. A host that shares the feed as a song comes last.
/// </remarks>
internal static class FeedHostOrder
{
    private const int RelaysBeforeSource = 2;

    /// <summary>Returns the hosts of a grant in the order in which to try them.</summary>
    /// <param name="hosts">The hosts, best first according to <see cref="HostOrder"/>.</param>
    /// <param name="depths">How far each host is from the source; hosts that share the feed as a song are left out.</param>
    /// <param name="passesOn">Whether the listener passes feeds on.</param>
    /// <param name="most">The maximum number of hosts in a grant.</param>
    public static IReadOnlyList<(CatalogHost Host, HostLoad? Load)> Sort(
        IReadOnlyList<(CatalogHost Host, HostLoad? Load)> hosts, IReadOnlyDictionary<PeerId, byte> depths, bool passesOn, int most)
    {
        var known = hosts.Where(entry => depths.ContainsKey(entry.Host.Id)).ToList();
        var open = known.Where(entry => !HostOrder.IsPoor(entry)).ToList();
        if (passesOn)
        {
            // A relay must not receive the feed from a host that is already at the maximum distance.
            open = [.. open.Where(entry => DepthOf(entry) < LiveProof.MaxDepth).OrderBy(DepthOf)];
        }
        else
        {
            var source = open.FindIndex(entry => DepthOf(entry) == 0);
            if (source >= 0)
            {
                var entry = open[source];
                open.RemoveAt(source);
                if (!IsHalfTaken(entry.Load))
                    open.Insert(Math.Min(RelaysBeforeSource, open.Count), entry);
                else if (open.Count > 0 || !known.Exists(host => HostOrder.IsFull(host.Load)))
                    open.Add(entry);
            }
        }

        return [.. open.Concat(known.Where(HostOrder.IsPoor)).Concat(hosts.Where(entry => !depths.ContainsKey(entry.Host.Id))).Take(most)];

        byte DepthOf((CatalogHost Host, HostLoad? Load) entry) => depths[entry.Host.Id];
    }

    private static bool IsHalfTaken(HostLoad? load) => load is { MaxStreams: > 0 } && 2 * load.ActiveStreams >= load.MaxStreams;
}
