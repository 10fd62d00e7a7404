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
    /// Returns whether a volunteer may relay between two peers. The volunteer's port must be reachable, including from the peers' networks,
    /// and the volunteer must not be one of the two peers.
    /// </summary>
    public static bool MayRelay(CatalogHost volunteer, RelayedPeer requester, RelayedPeer host) =>
        MayRelayFor(volunteer, requester) && volunteer.Id != host.Id && host.CanReach(volunteer);

    /// <summary>
    /// Returns a function that checks whether there is a relay between this requester and a host. Use it to check several hosts: it
    /// considers only the volunteers that the requester can use, so volunteers that nobody can reach do not slow down grants.
    /// </summary>
    public Func<RelayedPeer, bool> RelaysFor(RelayedPeer requester)
    {
        if (hasOwn)
            return _ => true;
        CatalogHost[] usable = [.. Volunteers.Where(volunteer => MayRelayFor(volunteer, requester))];
        return host => Array.Exists(usable, volunteer => volunteer.Id != host.Id && host.CanReach(volunteer));
    }

    private static bool MayRelayFor(CatalogHost volunteer, RelayedPeer requester) =>
        volunteer is { Port: > 0, SeenAt: not null } && volunteer.Reachability.Current == PortReach.Reachable
        && volunteer.Id != requester.Id && requester.CanReach(volunteer);
}
