using System.Diagnostics.CodeAnalysis;
using Akka.Actor;

namespace TspActors.Peer.Tracking;

/// <summary>Who waits for an answer, in the order of the requests: that is the order in which answers come.</summary>
internal sealed class PendingRequests(int limit)
{
    private readonly Queue<(IActorRef Asker, DateTime Deadline)> _waiting = new();

    public bool TryAdd(IActorRef asker, DateTime deadline)
    {
        if (_waiting.Count >= limit)
            return false;
        _waiting.Enqueue((asker, deadline));
        return true;
    }

    /// <summary>Takes the one whose answer has come.</summary>
    public bool TryTake([NotNullWhen(true)] out IActorRef? asker)
    {
        asker = _waiting.TryDequeue(out var first) ? first.Asker : null;
        return asker is not null;
    }

    /// <summary>True when the oldest request should have been answered by now.</summary>
    public bool HasOverdue(DateTime now) => _waiting.TryPeek(out var first) && first.Deadline < now;

    /// <summary>Forgets all of them and says who they were.</summary>
    public IReadOnlyList<IActorRef> Clear()
    {
        var askers = _waiting.Select(waiting => waiting.Asker).ToList();
        _waiting.Clear();
        return askers;
    }
}
