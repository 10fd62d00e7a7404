using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>The order in which a listener should try the hosts of a song.</summary>
internal static class HostOrder
{
    /// <summary>
    /// Sorts reachable hosts before unknown and unreachable ones, then free hosts before full ones, then by load. Equal hosts come in
    /// random order, so that they share the load.
    /// </summary>
    public static IEnumerable<(CatalogHost Host, HostLoad? Load)> BestFirst(IEnumerable<(CatalogHost Host, HostLoad? Load)> hosts) =>
        hosts.Select(entry => (Entry: entry, Luck: Random.Shared.Next()))
            .OrderBy(candidate => Unreached(candidate.Entry.Host.Reachability.Current))
            .ThenBy(candidate => IsFull(candidate.Entry.Load))
            .ThenBy(candidate => Share(candidate.Entry.Load))
            .ThenBy(candidate => candidate.Entry.Load?.ActiveStreams ?? 0)
            .ThenBy(candidate => candidate.Luck)
            .Select(candidate => candidate.Entry);

    private static int Unreached(Reach reach) => reach switch { Reach.Reachable => 0, Reach.Unknown => 1, _ => 2 };

    private static bool IsFull(HostLoad? load) => load is { MaxStreams: > 0 } && load.ActiveStreams >= load.MaxStreams;

    private static double Share(HostLoad? load) => load is { MaxStreams: > 0 } ? (double)load.ActiveStreams / load.MaxStreams : 0;
}
