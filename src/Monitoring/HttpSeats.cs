using System.Net;

namespace TspActors.Monitoring;

/// <summary>
/// Limits the open connections of the HTTP port. Each connection takes a seat; if there is no free seat for a new one, the oldest
/// connection from another machine is closed, or else the oldest one. A fifth of the seats is reserved for connections from this machine.
/// </summary>
/// <remarks>
/// Idle connections therefore never block a health check. A request takes milliseconds; after that, its connection may be closed.
/// Thread-safe.
/// </remarks>
/// <param name="max">The total number of seats.</param>
internal sealed class HttpSeats(int max)
{
    private const int ShareOfLoopback = 5;

    private readonly Lock _lock = new();
    private readonly int _maxFromElsewhere = Math.Max(1, max - Math.Max(1, max / ShareOfLoopback));
    private readonly LinkedList<Action> _loopback = [];
    private readonly LinkedList<Action> _elsewhere = [];

    /// <summary>The number of taken seats.</summary>
    public int Taken
    {
        get
        {
            lock (_lock)
                return _loopback.Count + _elsewhere.Count;
        }
    }

    /// <summary>Gives a new connection a seat.</summary>
    /// <param name="remote">The address of the client; null = this machine.</param>
    /// <param name="abort">Closes the connection when it has to give way.</param>
    /// <returns>An object that releases the seat when it is disposed.</returns>
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
