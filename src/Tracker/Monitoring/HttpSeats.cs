using System.Net;

namespace TspActors.Tracker.Monitoring;

/// <summary>
/// The open connections of the HTTP port: when all seats are taken, the oldest one gives way. A fifth of them is for this machine.
/// </summary>
/// <remarks>
/// So idle connections never keep a health check out: a request takes milliseconds, then its connection may go. Thread-safe.
/// </remarks>
/// <param name="max">Seats in all.</param>
internal sealed class HttpSeats(int max)
{
    private const int ShareOfLoopback = 5;

    private readonly Lock _lock = new();
    private readonly int _maxFromElsewhere = Math.Max(1, max - Math.Max(1, max / ShareOfLoopback));
    private readonly LinkedList<Action> _loopback = [];
    private readonly LinkedList<Action> _elsewhere = [];

    /// <summary>Connections that have a seat.</summary>
    public int Taken
    {
        get
        {
            lock (_lock)
                return _loopback.Count + _elsewhere.Count;
        }
    }

    /// <summary>Gives a new connection a seat.</summary>
    /// <param name="remote">Where it comes from; null = this machine.</param>
    /// <param name="abort">Ends it when it has to give way.</param>
    /// <returns>Releases the seat when it is disposed.</returns>
    public IDisposable Enter(IPAddress? remote, Action abort)
    {
        var isLoopback = remote is null || IPAddress.IsLoopback(remote);
        var own = isLoopback ? _loopback : _elsewhere;
        Action? oldest = null;
        LinkedListNode<Action> seat;
        lock (_lock)
        {
            if (!isLoopback && _elsewhere.Count >= _maxFromElsewhere)
                oldest = RemoveOldest(_elsewhere);
            else if (_loopback.Count + _elsewhere.Count >= max)
                oldest = RemoveOldest(_elsewhere.Count > 0 ? _elsewhere : _loopback);
            seat = own.AddLast(abort);
        }

        oldest?.Invoke();
        return new Seat(this, seat);
    }

    private static Action? RemoveOldest(LinkedList<Action> seats)
    {
        var oldest = seats.First?.Value;
        seats.RemoveFirst();
        return oldest;
    }

    private sealed class Seat(HttpSeats seats, LinkedListNode<Action> node) : IDisposable
    {
        public void Dispose()
        {
            lock (seats._lock)
                node.List?.Remove(node);
        }
    }
}
