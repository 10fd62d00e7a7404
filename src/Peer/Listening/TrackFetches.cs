using Akka.Actor;
using TspActors.Transport;

namespace TspActors.Peer.Listening;

/// <summary>The SongFetchActor children of a PlaybackActor: one for each track that is not all here yet.</summary>
internal sealed class TrackFetches(IActorContext context, ListeningSettings settings, Requester requester, OwnHost? own, IActorRef trackerLink)
{
    /// <summary>Fetches a track from a byte of its payload on, into its turn.</summary>
    public void Begin(Track track, long offset)
    {
        track.Offset = offset;
        track.IsAllHere = false;
        track.Seeks = 0;
        var order = new FetchOrder(track.Entry.Id, offset, track.Pace, track.Turn, requester, own, track.Known);
        track.Fetch = context.ActorOf(SongFetchActor.Props(order, settings, trackerLink, context.Self));
        context.WatchWith(track.Fetch, new FetchDied(track));
    }

    /// <summary>Fetches it from another byte on, into another turn: from the host that sends to it, while there is one.</summary>
    public void Move(Track track, long offset, PlayerSink turn)
    {
        track.Turn = turn;
        if (track.Fetch.IsNobody())
        {
            Begin(track, offset);
            return;
        }

        track.Offset = offset;
        track.IsAllHere = false;
        track.Fetch.Tell(new SeekWithin(offset, turn, ++track.Seeks));
    }

    /// <summary>Its fetch has said that it is at its end.</summary>
    /// <param name="track">Whose.</param>
    /// <param name="seek">What that was the end of.</param>
    /// <returns>False when that was before it heard of the last seek: then it is fetched anew.</returns>
    public bool End(Track track, int seek)
    {
        Forget(track);
        if (seek == track.Seeks)
            return true;
        Begin(track, track.Offset);
        return false;
    }

    /// <summary>The track is not wanted any more; its host is told.</summary>
    public void Stop(Track track)
    {
        var fetch = track.Fetch;
        Forget(track);
        fetch.Tell(StopFetch.Instance);
    }

    /// <summary>Its fetch is no more.</summary>
    public void Forget(Track track)
    {
        context.Unwatch(track.Fetch);
        track.Fetch = ActorRefs.Nobody;
    }

    /// <summary>To the PlaybackActor: the fetch failed inside.</summary>
    public sealed record FetchDied(Track Track) : ILocalMessage;
}
