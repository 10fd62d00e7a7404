using Akka.Actor;
using TspActors.Gateway.Swarm;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>The actors that follow the mirrored catalog. Each receives the whole catalog first, and then every change.</summary>
internal sealed class CatalogFollowers : ICatalogObserver
{
    private const int SongsPerPart = 1_000;

    private readonly List<IActorRef> _followers = [];

    /// <summary>Adds a follower and sends it the songs that are known now.</summary>
    public void Add(IActorRef follower, IReadOnlyCollection<Song> songs)
    {
        _followers.Add(follower);
        if (songs.Count > 0)
            List([follower], songs);
    }

    /// <summary>Removes a follower that has terminated.</summary>
    public void Remove(IActorRef follower) => _followers.Remove(follower);

    /// <inheritdoc/>
    public void Listed(IReadOnlyCollection<Song> songs) => List(_followers, songs);

    /// <inheritdoc/>
    public void Changed(CatalogDelta delta)
    {
        if (_followers.Count > 0)
            Tell(_followers, new CatalogChanged([.. delta.Changed], [.. delta.Removed]));
    }

    private static void List(List<IActorRef> followers, IReadOnlyCollection<Song> songs)
    {
        if (followers.Count == 0)
            return;
        if (songs.Count == 0)
            Tell(followers, new CatalogListed([], IsFirst: true, IsLast: true));
        var sent = 0;
        foreach (var part in songs.Chunk(SongsPerPart))
        {
            sent += part.Length;
            Tell(followers, new CatalogListed(part, IsFirst: sent == part.Length, IsLast: sent == songs.Count));
        }
    }

    private static void Tell(List<IActorRef> followers, object message)
    {
        foreach (var follower in followers)
            follower.Tell(message);
    }
}
