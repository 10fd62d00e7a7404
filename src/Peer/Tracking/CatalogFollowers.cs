using Akka.Actor;
using TspActors.Gateway.Swarm;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>
/// The actors that follow the catalog. Each confirms every message that it has applied (<see cref="CatalogApplied"/>), so that its
/// mailbox does not fill up when it is slower than the tracker.
/// </summary>
internal sealed class CatalogFollowers : ICatalogFollowers
{
    // The tracker decides how long a page is. A page with more songs than this is split into several messages.
    private const int SongsPerPart = 1_000;

    // A follower applies one message while the next one is on its way.
    private const int MostUnconfirmed = 2;

    // The number of messages that each follower has not confirmed yet.
    private readonly Dictionary<IActorRef, int> _unconfirmed = [];

    /// <inheritdoc/>
    public bool Any => _unconfirmed.Count > 0;

    /// <inheritdoc/>
    public bool AreReady => _unconfirmed.Values.All(open => open < MostUnconfirmed);

    /// <summary>Adds a follower, or resets one that has restarted and so has lost all earlier messages.</summary>
    public void Add(IActorRef follower) => _unconfirmed[follower] = 0;

    /// <summary>Removes a follower that has terminated.</summary>
    public void Remove(IActorRef follower) => _unconfirmed.Remove(follower);

    /// <summary>Records that a follower has applied a message.</summary>
    public void Applied(IActorRef follower)
    {
        if (_unconfirmed.TryGetValue(follower, out var open) && open > 0)
            _unconfirmed[follower] = open - 1;
    }

    /// <inheritdoc/>
    public void Listed(IReadOnlyList<Song> songs, bool isFirst, bool isLast)
    {
        if (songs.Count <= SongsPerPart)
        {
            Tell(new CatalogListed([.. songs], isFirst, isLast));
            return;
        }

        for (var at = 0; at < songs.Count; at += SongsPerPart)
        {
            Tell(new CatalogListed(
                [.. songs.Skip(at).Take(SongsPerPart)], isFirst && at == 0, isLast && at + SongsPerPart >= songs.Count));
        }
    }

    /// <inheritdoc/>
    public void Changed(CatalogDelta delta) => Tell(new CatalogChanged([.. delta.Changed], [.. delta.Removed]));

    private void Tell(object message)
    {
        foreach (var follower in _unconfirmed.Keys.ToArray())
        {
            _unconfirmed[follower]++;
            follower.Tell(message);
        }
    }
}
