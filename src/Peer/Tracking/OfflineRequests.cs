using Akka.Actor;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>
/// Handles requests that arrive while this peer is not registered at any tracker. They wait if a registration may succeed soon. Otherwise,
/// they are answered from the known songs, or with the reason why there is no tracker.
/// </summary>
internal sealed class OfflineRequests(KnownSongs known, LinkSettings settings, TimeProvider time)
{
    /// <summary>The reason for refusing a request when the queue is full.</summary>
    public const string TooMany = "too many requests are waiting for the tracker";

    /// <summary>Decides whether this peer may connect to a host of a known song.</summary>
    public NamedAddresses Addresses { get; set; } = NamedAddresses.WithoutTracker;

    private readonly PendingRequests _waiting = new(settings.MaxPendingRequests, settings.RequestTimeout, time);

    /// <summary>
    /// Keeps a request until this peer is registered at a tracker. Answers it immediately instead if it asks for the hosts of a known song,
    /// or if too many requests are waiting.
    /// </summary>
    public void Keep(IActorRef replyTo, object request)
    {
        var reply = ReplyTo(request, TooMany);
        if (reply is PlayGrant || !_waiting.TryAdd(replyTo, request))
            replyTo.Tell(reply);
    }

    /// <summary>Removes and returns the waiting requests, so that they can be sent to a tracker.</summary>
    public IReadOnlyList<PendingRequest> RemoveKept() => _waiting.RemoveAll();

    /// <summary>Answers a request without a tracker.</summary>
    public void Answer(IActorRef replyTo, object request, string reason) => replyTo.Tell(ReplyTo(request, reason));

    /// <summary>Answers all waiting requests.</summary>
    public void AnswerKept(string reason)
    {
        foreach (var kept in _waiting.RemoveAll())
            Answer(kept.ReplyTo, kept.Request, reason);
    }

    /// <summary>Answers the requests that have waited for too long.</summary>
    public void AnswerOverdue(string reason)
    {
        foreach (var overdue in _waiting.RemoveOverdue())
            Answer(overdue.ReplyTo, overdue.Request, reason);
    }

    // A tracker has already named a known song's hosts, so music can keep playing while no tracker is reachable.
    private object ReplyTo(object request, string reason) => request switch
    {
        FindHosts find when Find(find.Id) is { } song => new PlayGrant { Song = song },
        DescribeSongs { Limit: 0 } describe when Find(describe.Id) is { } song => new SongInfoPage { Songs = { song } },
        _ => new TrackerUnavailable(reason),
    };

    private Song? Find(int id) =>
        known.TryFind(id, out var song) && (song.Live || song.Format is { PayloadBytes: > 0 }) ? Addresses.Filter(song, out _) : null;
}
