using System.Diagnostics;
using TspActors.Protocol;

namespace TspActors.Tracker.Monitoring;

/// <summary>Counts the requests of one connection, and adds them up once a turn: a million of them a second must not meet at one number.</summary>
internal sealed class RequestTally(TrackerCounts counts)
{
    private readonly int[] _requests = new int[TrackerCounts.OperationCount];
    private uint _seen;
    private int _timed;
    private TimeSpan? _duration;
    private (int Index, long Since)? _awaited;

    /// <summary>A request was answered.</summary>
    /// <param name="operation">What it asked.</param>
    /// <param name="begun">A timestamp of when its turn began. Only the first request of a turn is timed: two looks at the clock for each would cost as much as the answer.</param>
    public void Count(Operation operation, long begun)
    {
        var index = TrackerCounts.IndexOf(operation);
        if (_seen == 0 && counts.Timed is not null)
            (_timed, _duration) = (index, Stopwatch.GetElapsedTime(begun));
        Count(index);
    }

    /// <summary>A request was read that somebody else answers; nothing else is read meanwhile.</summary>
    public void Await(Operation operation) => Await(TrackerCounts.IndexOf(operation));

    /// <summary>The same of a search.</summary>
    public void AwaitSearch() => Await(TrackerCounts.Search);

    /// <summary>What was awaited is there. Each of these is timed: they take long enough for it.</summary>
    public void Answered()
    {
        if (_awaited is { } awaited)
            counts.Timed?.Invoke(awaited.Index, Stopwatch.GetElapsedTime(awaited.Since));
        _awaited = null;
    }

    /// <summary>It was not served.</summary>
    public void Reject(ErrorCode code) => counts.AddRejected(code);

    /// <summary>The turn is over.</summary>
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
