using System.Collections.Immutable;
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

    /// <summary>
    /// Returns whether a volunteer may relay between two peers: its port is reachable, also from their networks, and it is neither of the
    /// two.
    /// </summary>
    public static bool MayRelay(CatalogHost volunteer, RelayedPeer requester, RelayedPeer host) =>
        volunteer.Id != requester.Id && volunteer.Id != host.Id && volunteer is { Port: > 0, SeenAt: not null }
        && volunteer.Reachability.Current == PortReach.Reachable && requester.CanReach(volunteer) && host.CanReach(volunteer);

    /// <summary>Returns whether there is a relay for these two peers.</summary>
    public bool HasFor(RelayedPeer requester, RelayedPeer host) =>
        hasOwn || Volunteers.Any(volunteer => MayRelay(volunteer, requester, host));
}
