using System.Diagnostics;
using TspActors.Protocol;

namespace TspActors.Tracker.Monitoring;

/// <summary>
/// Counts the requests of one connection, and adds them to the shared counters once per turn of its session: at a million requests per
/// second, the connections would otherwise contend for the same counter.
/// </summary>
internal sealed class RequestTally(TrackerCounts counts)
{
    private readonly int[] _requests = new int[TrackerCounts.OperationCount];
    private uint _seen;
    private int _timed;
    private TimeSpan? _duration;
    private (int Index, long Since)? _awaited;

    /// <summary>Counts a request that the session has handled itself.</summary>
    /// <param name="operation">The operation of the request.</param>
    /// <param name="begun">The timestamp of the start of the session's turn. Only the first request of a turn is timed: two clock readings
    ///   per request would cost as much as the reply.</param>
    public void Count(Operation operation, long begun)
    {
        var index = TrackerCounts.IndexOf(operation);
        if (_seen == 0 && counts.Timed is not null)
            (_timed, _duration) = (index, Stopwatch.GetElapsedTime(begun));
        Count(index);
    }

    /// <summary>Counts a request that another actor answers. The session handles no other request until the reply arrives.</summary>
    public void Await(Operation operation) => Await(TrackerCounts.IndexOf(operation));

    /// <summary>Counts a search, which another actor answers.</summary>
    public void AwaitSearch() => Await(TrackerCounts.Search);

    /// <summary>
    /// Records that the awaited reply has arrived. Every such request is timed, because reading the clock costs little compared with the
    /// request itself.
    /// </summary>
    public void Answered()
    {
        if (_awaited is { } awaited)
            counts.Timed?.Invoke(awaited.Index, Stopwatch.GetElapsedTime(awaited.Since));
        _awaited = null;
    }

    /// <summary>Counts a request that was refused.</summary>
    public void Reject(ErrorCode code) => counts.AddRejected(code);

    /// <summary>Ends the turn: adds its counts to the shared counters.</summary>
    public void AddUp()
    {
        if (_seen == 0)
            return;
        if (_duration is { } duration)
            counts.Timed?.Invoke(_timed, duration);
        _duration = null;
        for (var index = 0; index < _requests.Length; index++)
        {
            if ((_seen & (1u << index)) == 0)
                continue;
            counts.AddRequests(index, _requests[index]);
            _requests[index] = 0;
        }

        _seen = 0;
    }

    private void Await(int index)
    {
        _awaited = (index, Stopwatch.GetTimestamp());
        Count(index);
    }

    private void Count(int index)
    {
        _seen |= 1u << index;
        _requests[index]++;
    }
}
