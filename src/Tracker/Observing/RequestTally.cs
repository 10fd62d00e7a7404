using System.Diagnostics;
using TspActors.Protocol;

namespace TspActors.Tracker.Observing;

/// <summary>Counts the requests of one connection, and adds them up once a turn: a million of them a second must not meet at one number.</summary>
internal sealed class RequestTally(TrackerCounts counts)
{
    private readonly int[] _requests = new int[TrackerCounts.OperationCount];
    private uint _seen;
    private int _timed;
    private TimeSpan _duration;

    /// <summary>A request was dealt with.</summary>
    /// <param name="operation">What it asked.</param>
    /// <param name="begun">A timestamp of when its turn began. Only the first request of a turn is timed: two looks at the clock for each would cost as much as the answer.</param>
    public void Count(Operation operation, long begun)
    {
        var index = TrackerCounts.IndexOf(operation);
        if (_seen == 0 && counts.Timed is not null)
            (_timed, _duration) = (index, Stopwatch.GetElapsedTime(begun));
        _seen |= 1u << index;
        _requests[index]++;
    }

    /// <summary>It was not served.</summary>
    public void Reject(ErrorCode code) => counts.AddRejected(code);

    /// <summary>The turn is over.</summary>
    public void AddUp()
    {
        if (_seen == 0)
            return;
        counts.Timed?.Invoke(_timed, _duration);
        for (var index = 0; index < _requests.Length; index++)
        {
            if ((_seen & (1u << index)) == 0)
                continue;
            counts.AddRequests(index, _requests[index]);
            _requests[index] = 0;
        }

        _seen = 0;
    }
}
