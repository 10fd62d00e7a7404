using System.Collections.Immutable;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Relays;

/// <summary>The relays that a tracker can choose from: itself, and its peers that have volunteered. Thread-safe.</summary>
/// <param name="hasOwn">Whether the tracker itself relays.</param>
internal sealed class KnownRelays(bool hasOwn)
{
    private ImmutableArray<CatalogHost> _volunteers = [];

    /// <summary>The peers that have volunteered. Only the RelayBrokerActor sets them.</summary>
    public ImmutableArray<CatalogHost> Volunteers
    {
        get => _volunteers;
        set => ImmutableInterlocked.InterlockedExchange(ref _volunteers, value);
    }

    /// <summary>Returns whether a volunteer may relay between two peers: its port is reachable, and it is neither of the two.</summary>
    public static bool MayRelay(CatalogHost volunteer, PeerId requester, PeerId host) =>
        volunteer.Id != requester && volunteer.Id != host && volunteer is { Port: > 0, SeenAt: not null }
        && volunteer.Reachability.Current == PortReach.Reachable;

    /// <summary>Returns whether there is a relay for these two peers.</summary>
    public bool HasFor(PeerId requester, PeerId host) =>
        hasOwn || Volunteers.Any(volunteer => MayRelay(volunteer, requester, host));
}
