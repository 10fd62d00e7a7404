using System.Diagnostics.CodeAnalysis;
using Akka.Actor;

namespace TspActors.Peer.Tracking;

/// <summary>Who waits for an answer, in the order of the requests: that is the order in which answers come.</summary>
internal sealed class PendingRequests(int limit, TimeProvider time)
{
    private long _countedFrom = time.GetTimestamp();
    private readonly Queue<(IActorRef Asker, object Question, long Asked, TimeSpan Deadline)> _waiting = new();

    /// <param name="asker">Who waits.</param>
    /// <param name="question">For what.</param>
    /// <param name="deadline">How long an answer may take.</param>
    public bool TryAdd(IActorRef asker, object question, TimeSpan deadline)
    {
        if (_waiting.Count >= limit)
            return false;
        _waiting.Enqueue((asker, question, time.GetTimestamp(), deadline));
        return true;
    }

    /// <summary>Takes the one whose answer has come.</summary>
    public bool TryTake([NotNullWhen(true)] out IActorRef? asker, [NotNullWhen(true)] out object? question)
    {
        (asker, question) = _waiting.TryDequeue(out var first) ? (first.Asker, first.Question) : default;
        return asker is not null && question is not null;
    }

    /// <summary>True when the oldest request should have been answered by now.</summary>
    public bool HasOverdue => _waiting.TryPeek(out var first) && IsOverdue(first.Asked, first.Deadline);

    /// <summary>The time until now does not count: nothing could be answered.</summary>
    public void CountFromNow() => _countedFrom = time.GetTimestamp();

    /// <summary>Forgets those that should have been answered by now, and says who they were, and what they asked.</summary>
    public IReadOnlyList<(IActorRef Asker, object Question)> TakeOverdue()
    {
        var overdue = new List<(IActorRef, object)>();
        while (HasOverdue)
        {
            var (asker, question, _, _) = _waiting.Dequeue();
            overdue.Add((asker, question));
        }

        return overdue;
    }

    /// <summary>Forgets all of them and says who they were, and what they asked.</summary>
    public IReadOnlyList<(IActorRef Asker, object Question)> Clear()
    {
        var forgotten = _waiting.Select(waiting => (waiting.Asker, waiting.Question)).ToList();
        _waiting.Clear();
        return forgotten;
    }

    private bool IsOverdue(long asked, TimeSpan deadline) => time.GetElapsedTime(Math.Max(asked, _countedFrom)) > deadline;
}
