using Akka.Actor;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Tracking;

/// <summary>What is asked of the trackers: sent on where there is one, kept for a while where there may be one soon, else answered from the copy or with a reason.</summary>
internal sealed class LinkQuestions(CatalogCopy catalog, LinkSettings settings)
{
    private const string TooMany = "too many requests are waiting for the tracker";

    private readonly PendingRequests _waiting = new(settings.MaxPendingRequests, TimeProvider.System);

    /// <summary>Asks a tracker.</summary>
    /// <returns>False when too many wait for its answers already; nothing is done then.</returns>
    public bool TrySend(LinkConnection link, IActorRef asker, object question)
    {
        if (!link.Pending.TryAdd(asker, question, settings.RequestTimeout))
            return false;
        link.Actor.Tell(new Send(QuestionFrames.Of(question)));
        return true;
    }

    /// <summary>Asks a tracker, or says that too many wait.</summary>
    public void Send(LinkConnection link, IActorRef asker, object question)
    {
        if (!TrySend(link, asker, question))
            asker.Tell(new TrackerUnavailable(TooMany));
    }

    /// <summary>Asks a tracker all that was kept.</summary>
    public void SendKept(LinkConnection link)
    {
        foreach (var (asker, question) in _waiting.Clear())
            Send(link, asker, question);
    }

    /// <summary>Keeps a question while there is a tracker that was not tried yet. For the hosts of a song that is in the copy nobody need wait.</summary>
    public void Keep(IActorRef asker, object question)
    {
        var known = Offline(question, TooMany);
        if (known is PlayGrant || !_waiting.TryAdd(asker, question, settings.RequestTimeout))
            asker.Tell(known);
    }

    /// <summary>Answers a question without a tracker.</summary>
    public void AnswerOffline(IActorRef asker, object question, string reason) => asker.Tell(Offline(question, reason));

    /// <summary>Answers all that was kept without a tracker.</summary>
    public void AnswerKept(string reason)
    {
        foreach (var (asker, question) in _waiting.Clear())
            AnswerOffline(asker, question, reason);
    }

    /// <summary>Answers what was kept for too long.</summary>
    public void AnswerOverdue(string reason)
    {
        foreach (var (asker, question) in _waiting.TakeOverdue())
            AnswerOffline(asker, question, reason);
    }

    // The hosts of a song are known from the copy: music goes on when the tracker is away.
    private object Offline(object question, string reason) =>
        question is FindHosts find && catalog.Find(find.Id) is { } song && (song.Live || song.Format is { PayloadBytes: > 0 })
            ? new PlayGrant { Song = song }
            : new TrackerUnavailable(reason);
}
