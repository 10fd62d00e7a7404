using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>The order in which a requester should try the hosts of a song.</summary>
internal static class HostOrder
{
    // A requester tries three hosts in parallel, half a second apart, so with so few the order matters little.
    private const int FewHosts = 3;

    // For the same reason, second place is worth as much as first.
    private const int FirstReserved = 1;
    private const int ReservedEvery = 4;

    /// <summary>
    /// Returns the hosts of a grant. Reachable and free hosts come first. Among hosts that are equal in this respect, the second host of a
    /// network comes after the first hosts of all networks, and so on. With more than three hosts, every fourth place, starting with
    /// the second, goes to the host that has had the song longest and is neither unreachable, nor full, nor already in the grant. This
    /// prevents anyone from filling a grant with made-up hosts, which always have less load than one that sends songs.
    /// </summary>
    /// <param name="hosts">The hosts in the order in which they shared the song.</param>
    /// <param name="most">The maximum number of hosts in a grant.</param>
    public static IReadOnlyList<(CatalogHost Host, HostLoad? Load)> ForGrant(
        IReadOnlyList<(CatalogHost Host, HostLoad? Load)> hosts, int most)
    {
        if (hosts.Count == 1)
            return hosts;
        var spread = new Queue<(CatalogHost Host, HostLoad? Load)>(Spread(hosts));
        if (hosts.Count <= FewHosts)
            return [.. spread.Take(most)];
        var oldest = new Queue<(CatalogHost Host, HostLoad? Load)>(
            hosts.Where(entry => Unreached(entry.Host.Reachability.Current) < 2 && !IsFull(entry.Load)));
        var granted = new List<(CatalogHost Host, HostLoad? Load)>(most);
        var named = new HashSet<CatalogHost>();
        while (granted.Count < most && (spread.Count > 0 || oldest.Count > 0))
        {
            var isReserved = granted.Count % ReservedEvery == FirstReserved;
            var next = (isReserved && oldest.Count > 0) || spread.Count == 0 ? oldest.Dequeue() : spread.Dequeue();
            if (named.Add(next.Host))
                granted.Add(next);
        }

        return granted;
    }

    /// <summary>Returns whether a host cannot be reached, or is full. Requesters try such a host last.</summary>
    public static bool IsPoor((CatalogHost Host, HostLoad? Load) entry) =>
        Unreached(entry.Host.Reachability.Current) == 2 || IsFull(entry.Load);

    /// <summary>Returns whether a host reports that all of its streams are in use.</summary>
    public static bool IsFull(HostLoad? load) => load is { MaxStreams: > 0 } && load.ActiveStreams >= load.MaxStreams;

    /// <summary>
    /// Sorts by reachability (reachable, unknown, unreachable), then by availability (free before full), then by load. Equal hosts are
    /// placed in random order, so that they share the load.
    /// </summary>
    public static IEnumerable<(CatalogHost Host, HostLoad? Load)> BestFirst(IEnumerable<(CatalogHost Host, HostLoad? Load)> hosts) =>
        hosts.Select(entry => (Entry: entry, Luck: Random.Shared.Next()))
            .OrderBy(candidate => Unreached(candidate.Entry.Host.Reachability.Current))
            .ThenBy(candidate => IsFull(candidate.Entry.Load))
            .ThenBy(candidate => Share(candidate.Entry.Load))
            .ThenBy(candidate => candidate.Entry.Load?.ActiveStreams ?? 0)
            .ThenBy(candidate => candidate.Luck)
            .Select(candidate => candidate.Entry);

    // Best first, but the second host of a network comes after the first hosts of all networks, and so on. A host that is unreachable or
    // full gains nothing by being the only one in its network.
    private static IEnumerable<(CatalogHost Host, HostLoad? Load)> Spread(IEnumerable<(CatalogHost Host, HostLoad? Load)> hosts)
    {
        var seen = new Dictionary<string, int>();
        return BestFirst(hosts)
            .Select(entry => (Entry: entry, Turn: seen[entry.Host.Network] = seen.GetValueOrDefault(entry.Host.Network) + 1))
            .ToList()
            .OrderBy(candidate => Unreached(candidate.Entry.Host.Reachability.Current))
            .ThenBy(candidate => IsFull(candidate.Entry.Load))
            .ThenBy(candidate => candidate.Turn)
            .Select(candidate => candidate.Entry);
    }

    private static int Unreached(PortReach reach) => reach switch { PortReach.Reachable => 0, PortReach.Unknown => 1, _ => 2 };

    private static double Share(HostLoad? load) => load is { MaxStreams: > 0 } ? (double)load.ActiveStreams / load.MaxStreams : 0;
}
