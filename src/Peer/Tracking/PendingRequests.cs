using System.Diagnostics.CodeAnalysis;
using Akka.Actor;

namespace TspActors.Peer.Tracking;

/// <summary>A bounded queue of requests that are waiting for replies. A tracker replies in the order of the requests.</summary>
internal sealed class PendingRequests(int limit, TimeSpan deadline, TimeProvider time)
{
    private readonly Queue<(IActorRef Asker, object Request, long Asked)> _waiting = new();
    private long _countedFrom = time.GetTimestamp();

    /// <summary>True when the oldest request has waited past its deadline.</summary>
    public bool HasOverdue => _waiting.TryPeek(out var first) && IsOverdue(first.Asked);

    /// <summary>Adds a request.</summary>
    /// <returns>False when the queue is full.</returns>
    public bool TryAdd(IActorRef asker, object request)
    {
        if (_waiting.Count >= limit)
            return false;
        _waiting.Enqueue((asker, request, time.GetTimestamp()));
        return true;
    }

    /// <summary>Removes the oldest request because its reply has arrived.</summary>
    public bool TryDequeue([NotNullWhen(true)] out IActorRef? asker, [NotNullWhen(true)] out object? request)
    {
        (asker, request) = _waiting.TryDequeue(out var first) ? (first.Asker, first.Request) : default;
        return asker is not null && request is not null;
    }

    /// <summary>Restarts the deadline of every request, because the tracker could not reply until now.</summary>
    public void RestartDeadlines() => _countedFrom = time.GetTimestamp();

    /// <summary>Removes and returns the requests that have waited past their deadline.</summary>
    public IReadOnlyList<PendingRequest> RemoveOverdue()
    {
        var overdue = new List<PendingRequest>();
        while (HasOverdue)
        {
            var (asker, request, _) = _waiting.Dequeue();
            overdue.Add(new PendingRequest(asker, request, IsOverdue: true));
        }

        return overdue;
    }

    /// <summary>Removes and returns all requests.</summary>
    public IReadOnlyList<PendingRequest> RemoveAll()
    {
        var all = _waiting.Select(waiting => new PendingRequest(waiting.Asker, waiting.Request, IsOverdue(waiting.Asked))).ToList();
        _waiting.Clear();
        return all;
    }

    private bool IsOverdue(long asked) => time.GetElapsedTime(Math.Max(asked, _countedFrom)) > deadline;
}

/// <summary>A request that is waiting for its reply.</summary>
/// <param name="Asker">The actor that is waiting.</param>
/// <param name="Request">The request itself.</param>
/// <param name="IsOverdue">True when the request has waited past its deadline.</param>
internal readonly record struct PendingRequest(IActorRef Asker, object Request, bool IsOverdue);
