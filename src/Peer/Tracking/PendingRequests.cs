using System.Diagnostics.CodeAnalysis;
using Akka.Actor;

namespace TspActors.Peer.Tracking;

/// <summary>A bounded queue of requests that are waiting for replies. A tracker replies in the order of the requests.</summary>
internal sealed class PendingRequests(int limit, TimeSpan deadline, TimeProvider time)
{
    private readonly Queue<(IActorRef ReplyTo, object Request, long Asked, long SharesBefore)> _waiting = new();
    private long _countedFrom = time.GetTimestamp();
    private long _shares;
    private long _answeredShares;

    /// <summary>True when the oldest request has waited past its deadline.</summary>
    public bool HasOverdue => _waiting.TryPeek(out var first) && IsOverdue(first.Asked);

    /// <summary>
    /// True when a share that was sent before the oldest request may not have been answered yet. Not every share receives a reply of its
    /// own, so a share counts as answered when it is refused, or when the reply to a later request arrives.
    /// </summary>
    public bool IsShareNext => (_waiting.TryPeek(out var first) ? first.SharesBefore : _shares) > _answeredShares;

    /// <summary>Records that a SHARE frame has been sent.</summary>
    public void ShareSent() => _shares++;

    /// <summary>Records that the tracker has refused the oldest share that may not have been answered yet.</summary>
    public void ShareRefused() => _answeredShares++;

    /// <summary>Adds a request.</summary>
    /// <returns>False when the queue is full.</returns>
    public bool TryAdd(IActorRef replyTo, object request)
    {
        if (_waiting.Count >= limit)
            return false;
        _waiting.Enqueue((replyTo, request, time.GetTimestamp(), _shares));
        return true;
    }

    /// <summary>Removes the oldest request because its reply has arrived.</summary>
    public bool TryDequeue([NotNullWhen(true)] out IActorRef? replyTo, [NotNullWhen(true)] out object? request)
    {
        (replyTo, request) = (null, null);
        if (!_waiting.TryDequeue(out var first))
            return false;
        (replyTo, request) = (first.ReplyTo, first.Request);
        _answeredShares = Math.Max(_answeredShares, first.SharesBefore);
        return true;
    }

    /// <summary>Restarts the deadline of every request, because the tracker could not reply until now.</summary>
    public void RestartDeadlines() => _countedFrom = time.GetTimestamp();

    /// <summary>Removes and returns the requests that have waited past their deadline.</summary>
    public IReadOnlyList<PendingRequest> RemoveOverdue()
    {
        var overdue = new List<PendingRequest>();
        while (HasOverdue)
        {
            var (replyTo, request, _, _) = _waiting.Dequeue();
            overdue.Add(new PendingRequest(replyTo, request, IsOverdue: true));
        }

        return overdue;
    }

    /// <summary>Removes and returns all requests.</summary>
    public IReadOnlyList<PendingRequest> RemoveAll()
    {
        var all = _waiting.Select(waiting => new PendingRequest(waiting.ReplyTo, waiting.Request, IsOverdue(waiting.Asked))).ToList();
        _waiting.Clear();
        return all;
    }

    private bool IsOverdue(long asked) => time.GetElapsedTime(Math.Max(asked, _countedFrom)) > deadline;
}

/// <summary>A request that is waiting for its reply.</summary>
/// <param name="ReplyTo">The actor that is waiting.</param>
/// <param name="Request">The request itself.</param>
/// <param name="IsOverdue">True when the request has waited past its deadline.</param>
internal readonly record struct PendingRequest(IActorRef ReplyTo, object Request, bool IsOverdue);
