using Akka.Actor;
using TspActors.Transport;

namespace TspActors.Peer.Listening;

/// <summary>The tracks of a PlaybackActor, with a SongFetchActor child for each one that is still being fetched.</summary>
internal sealed class TrackFetches(
    IActorContext context, ListeningSettings settings, Requester requester, OwnHost? own, IActorRef trackerLink,
    IActorRef relays)
{
    private readonly Dictionary<Track, TrackFetch> _fetches = [];

    /// <summary>Returns the fetch of a track. If there is none, adds one that has not begun.</summary>
    public TrackFetch this[Track track]
    {
        get
        {
            if (!_fetches.TryGetValue(track, out var fetch))
                _fetches[track] = fetch = new TrackFetch();
            return fetch;
        }
    }

    /// <summary>Starts fetching a track from its sink's first byte.</summary>
    public void Begin(Track track)
    {
        var fetch = this[track];
        var order = new FetchOrder(track.Entry.Id, fetch.Offset, track.Pace, fetch.Sink, requester, own, fetch.Known)
        {
            AcceptsLive = true,
            Relays = relays,
        };

        fetch.Actor = context.ActorOf(SongFetchActor.Props(order, settings, trackerLink, context.Self));
        context.WatchWith(fetch.Actor, new FetchDied(fetch.Actor));
    }

    /// <summary>Continues a track at the given position, with a new sink. A running fetch keeps its host.</summary>
    public void Move(Track track, TimeSpan position, PlayerSink sink)
    {
        var fetch = this[track];
        fetch.MoveTo(position, track.Song!, sink);
        if (fetch.Actor.IsNobody())
            Begin(track);
        else
            fetch.Actor.Tell(new SeekWithin(fetch.Offset, sink));
    }

    /// <summary>Returns the track that an actor is fetching; null if there is none, for example because it was released.</summary>
    public Track? TrackOf(IActorRef actor)
    {
        foreach (var (track, fetch) in _fetches)
        {
            if (fetch.Actor.Equals(actor))
                return track;
        }

        return null;
    }

    /// <summary>Records that a fetch has ended.</summary>
    /// <param name="actor">The fetch's actor.</param>
    /// <param name="sink">The sink that the fetch filled or failed to fill; null if the actor died.</param>
    /// <returns>The track; null if it was released, or if the fetch ended before a seek reached it. In the latter case, the track is
    ///   fetched again.</returns>
    public Track? End(IActorRef actor, ISongSink? sink)
    {
        if (TrackOf(actor) is not { } track)
            return null;
        var fetch = this[track];
        context.Unwatch(fetch.Actor);
        fetch.Actor = ActorRefs.Nobody;
        if (sink is null || sink == fetch.Sink)
            return track;
        Begin(track);
        return null;
    }

    /// <summary>Forgets a track. A running fetch stops and sends STOP to its host.</summary>
    public void Release(Track track)
    {
        if (!_fetches.Remove(track, out var fetch))
            return;
        context.Unwatch(fetch.Actor);
        fetch.Actor.Tell(StopFetch.Instance);
    }

    /// <summary>A SongFetchActor has stopped because of an exception.</summary>
    public sealed record FetchDied(IActorRef Fetch) : ILocalMessage;
}
