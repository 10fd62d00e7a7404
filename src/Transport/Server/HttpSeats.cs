using System.Net;

namespace TspActors.Transport.Server;

/// <summary>
/// Limits the open connections of an HTTP port. If there is no free seat for a new connection, a connection without a running request is
/// closed: the longest idle of those from the address with the most connections.
/// </summary>
/// <remarks>
/// Idle connections therefore never block a request, whether it comes from their own address or from a different one. A connection that has
/// sent only part of a request counts as idle. Thread-safe.
/// </remarks>
/// <param name="limits">The limits.</param>
public sealed class HttpSeats(HttpSeatLimits limits)
{
    private readonly Lock _lock = new();
    private readonly int _maxElsewhere = Math.Max(1, limits.Total - limits.ForLoopback);
    private readonly Dictionary<IPAddress, AddressSeats> _addresses = [];
    private int _taken;
    private int _takenElsewhere;
    private long _time;

    /// <summary>The number of taken seats.</summary>
    public int Taken
    {
        get
        {
            lock (_lock)
                return _taken;
        }
    }

    /// <summary>Gives a new connection a seat, taking it from another connection if necessary.</summary>
    /// <param name="remote">The address of the client; null = this machine.</param>
    /// <param name="abort">Closes the connection when it has to give way. Called at most once, on any thread.</param>
    /// <returns>The seat; null = every connection that could give way is busy.</returns>
    public HttpSeat? TryEnter(IPAddress? remote, Action abort)
    {
        var seat = new HttpSeat(this, Counted(remote ?? IPAddress.Loopback), abort);
        HttpSeat? closed = null;
        lock (_lock)
        {
            if (IsFull(seat.Address))
            {
                closed = FindWhoGivesWay(seat.Address);
                if (closed is null)
                    return null;
                Remove(closed);
            }

            Add(seat);
        }

        closed?.Abort();
        return seat;
    }

    internal void Leave(HttpSeat seat)
    {
        lock (_lock)
            Remove(seat);
    }

    internal void ChangeRequests(HttpSeat seat, int change)
    {
        lock (_lock)
        {
            seat.Requests += change;
            if (seat.Place is null)
                return;
            Remove(seat);
            Add(seat);
        }
    }

    // ::1 is not shortened to its /64, which would not be a loopback address.
    private static IPAddress Counted(IPAddress address) =>
        address.Equals(IPAddress.IPv6Loopback) ? address : CountedAddress.From(address);

    private bool IsFull(IPAddress address) =>
        CountOf(address) >= limits.OfAddress || _taken >= limits.Total
        || (!IPAddress.IsLoopback(address) && _takenElsewhere >= _maxElsewhere);

    private HttpSeat? FindWhoGivesWay(IPAddress address)
    {
        if (CountOf(address) >= limits.OfAddress)
            return Find(other => other.Equals(address));
        var elsewhere = Find(other => !IPAddress.IsLoopback(other));
        return elsewhere is null && IPAddress.IsLoopback(address) ? Find(IPAddress.IsLoopback) : elsewhere;
    }

    private HttpSeat? Find(Func<IPAddress, bool> isConcerned)
    {
        var concerned = _addresses.Where(each => isConcerned(each.Key)).Select(each => each.Value);
        return Find(concerned, seats => seats.Idle) ?? (limits.ClosesBusy ? Find(concerned, seats => seats.Busy) : null);
    }

    private static HttpSeat? Find(IEnumerable<AddressSeats> addresses, Func<AddressSeats, LinkedList<HttpSeat>> list)
    {
        var (most, found) = (0, (HttpSeat?)null);
        foreach (var each in addresses)
        {
            if (list(each).First?.Value is { } oldest
                && (each.Count > most || (each.Count == most && oldest.IdleSince < found!.IdleSince)))
                (most, found) = (each.Count, oldest);
        }

        return found;
    }

    private int CountOf(IPAddress address) => _addresses.TryGetValue(address, out var seats) ? seats.Count : 0;

    private void Add(HttpSeat seat)
    {
        if (!_addresses.TryGetValue(seat.Address, out var seats))
            _addresses.Add(seat.Address, seats = new AddressSeats());
        seat.IdleSince = ++_time;
        seat.Place = (seat.Requests > 0 ? seats.Busy : seats.Idle).AddLast(seat);
        Count(seat, 1);
    }

    private void Remove(HttpSeat seat)
    {
        if (seat.Place is not { } place)
            return;
        seat.Place = null;
        place.List!.Remove(place);
        if (_addresses[seat.Address].Count == 0)
            _addresses.Remove(seat.Address);
        Count(seat, -1);
    }

    private void Count(HttpSeat seat, int change)
    {
        _taken += change;
        if (!IPAddress.IsLoopback(seat.Address))
            _takenElsewhere += change;
    }

    private sealed class AddressSeats
    {
        public LinkedList<HttpSeat> Idle { get; } = [];

        public LinkedList<HttpSeat> Busy { get; } = [];

        public int Count => Idle.Count + Busy.Count;
    }
}
