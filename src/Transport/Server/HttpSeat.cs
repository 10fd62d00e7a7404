using System.Net;

namespace TspActors.Transport.Server;

/// <summary>The seat of one connection to an HTTP port. Disposing it frees the seat. Thread-safe.</summary>
public sealed class HttpSeat : IDisposable
{
    private readonly HttpSeats _seats;
    private readonly Action _abort;

    internal HttpSeat(HttpSeats seats, IPAddress address, Action abort) => (_seats, Address, _abort) = (seats, address, abort);

    internal IPAddress Address { get; }

    /// <summary>The number of running requests; 0 = the connection is idle.</summary>
    internal int Requests { get; set; }

    /// <summary>The seat's position in the list for its address; null = the seat is free again.</summary>
    internal LinkedListNode<HttpSeat>? Place { get; set; }

    /// <summary>When the connection became idle: a number that increases with each change.</summary>
    internal long IdleSince { get; set; }

    /// <summary>Marks the connection as busy until the result is disposed.</summary>
    public IDisposable BeginRequest() => new RunningRequest(_seats, this);

    /// <inheritdoc/>
    public void Dispose() => _seats.Leave(this);

    internal void Abort() => _abort();

    private sealed class RunningRequest : IDisposable
    {
        private readonly HttpSeats _seats;
        private HttpSeat? _seat;

        public RunningRequest(HttpSeats seats, HttpSeat seat)
        {
            (_seats, _seat) = (seats, seat);
            seats.ChangeRequests(seat, 1);
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _seat, null) is { } seat)
                _seats.ChangeRequests(seat, -1);
        }
    }
}
