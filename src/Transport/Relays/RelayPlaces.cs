using System.Net;
using TspActors.Protocol;

namespace TspActors.Transport.Relays;

/// <summary>Keeps track of the places at this relay, and decides who may take them.</summary>
/// <remarks>
/// A place belongs to the two ends that its reservation names, and a ticket opens exactly one connection. Nothing in a ticket or in a
/// connection can name a third end, so a relay cannot be used to reach anyone else. Times are readings of one monotonic clock. Not
/// thread-safe.
/// </remarks>
/// <param name="settings">The limits.</param>
public sealed class RelayPlaces(RelaySettings settings)
{
    private readonly Dictionary<RelayTicket, RelayPlace> _tickets = [];
    private readonly HashSet<RelayPlace> _places = [];
    private readonly Dictionary<PeerId, int> _ofPeer = [];
    private readonly Dictionary<IPAddress, int> _ofAddress = [];
    private readonly Dictionary<IPAddress, int> _reservedForAddress = [];
    private long _bytesPerSecond;

    /// <summary>The number of places that are reserved or in use.</summary>
    public int Count => _places.Count;

    /// <summary>Reserves a place.</summary>
    /// <returns>Why the place is refused; UNKNOWN = it is reserved.</returns>
    public ErrorCode TryReserve(RelayReservation reservation, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(reservation);
        if (reservation.Requester == reservation.Host || reservation.RequesterTicket == reservation.HostTicket
            || _tickets.ContainsKey(reservation.RequesterTicket) || _tickets.ContainsKey(reservation.HostTicket))
            return ErrorCode.BadRequest;
        var place = new RelayPlace(reservation, settings, now);
        // Each place is guaranteed its rate, so a new place never slows down those already in use.
        if (_places.Count >= settings.MaxSessions || IsTooFast(place.BytesPerSecond))
            return ErrorCode.Busy;
        if (_ofPeer.GetValueOrDefault(reservation.Requester) >= settings.MaxSessionsPerPeer
            || _ofPeer.GetValueOrDefault(reservation.Host) >= settings.MaxSessionsPerPeer)
            return ErrorCode.RateLimited;
        if (place.ReservedFor is { } requester)
        {
            var count = _ofAddress.GetValueOrDefault(requester) + _reservedForAddress.GetValueOrDefault(requester);
            if (count >= settings.MaxSessionsPerAddress)
                return ErrorCode.RateLimited;
            Change(_reservedForAddress, requester, 1);
        }

        _places.Add(place);
        _tickets.Add(reservation.RequesterTicket, place);
        _tickets.Add(reservation.HostTicket, place);
        Change(_ofPeer, reservation.Requester, 1);
        Change(_ofPeer, reservation.Host, 1);
        _bytesPerSecond += place.BytesPerSecond;
        return ErrorCode.Unknown;
    }

    /// <summary>Admits one end to its place, which uses up the ticket.</summary>
    /// <param name="ticket">The ticket that the end shows.</param>
    /// <param name="remote">The address of its connection.</param>
    /// <param name="now">The time.</param>
    /// <param name="refusal">Why the end is refused: FORBIDDEN for a ticket that is unknown, used or too old; RATE_LIMITED for too many
    ///   connections from its address.</param>
    /// <returns>The place; null if the end is refused.</returns>
    public RelayPlace? Take(RelayTicket ticket, IPAddress remote, TimeSpan now, out ErrorCode refusal)
    {
        refusal = ErrorCode.Forbidden;
        if (!_tickets.TryGetValue(ticket, out var place) || place.Due <= now)
            return null;
        _tickets.Remove(ticket);
        if (ticket == place.Reservation.RequesterTicket)
            EndReservation(place);
        var address = CountedAddress.From(remote);
        if (_ofAddress.GetValueOrDefault(address) >= settings.MaxSessionsPerAddress)
        {
            refusal = ErrorCode.RateLimited;
            return null;
        }

        refusal = ErrorCode.Unknown;
        Change(_ofAddress, address, 1);
        place.Enter(address, now + settings.SecondEndTimeout);
        return place;
    }

    /// <summary>Removes a place whose tickets nobody has received.</summary>
    public void Cancel(RelayReservation reservation)
    {
        ArgumentNullException.ThrowIfNull(reservation);
        if (_tickets.TryGetValue(reservation.RequesterTicket, out var place) && place.Reservation == reservation && place.Ends.Count == 0)
            End(place);
    }

    /// <summary>Removes and returns the places whose next end has not arrived in time.</summary>
    public IReadOnlyList<RelayPlace> EndOverdue(TimeSpan now)
    {
        var overdue = _places.Where(place => place.Due <= now).ToList();
        foreach (var place in overdue)
            End(place);
        return overdue;
    }

    /// <summary>Removes a place and invalidates its tickets.</summary>
    public void End(RelayPlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        if (!_places.Remove(place))
            return;
        _tickets.Remove(place.Reservation.RequesterTicket);
        _tickets.Remove(place.Reservation.HostTicket);
        Change(_ofPeer, place.Reservation.Requester, -1);
        Change(_ofPeer, place.Reservation.Host, -1);
        EndReservation(place);
        foreach (var address in place.Ends)
            Change(_ofAddress, address, -1);
        _bytesPerSecond -= place.BytesPerSecond;
    }

    private void EndReservation(RelayPlace place)
    {
        if (place.ReservedFor is { } requester)
            Change(_reservedForAddress, requester, -1);
        place.ReservedFor = null;
    }

    private bool IsTooFast(long more) => settings.MaxBytesPerSecond > 0 && _bytesPerSecond + more > settings.MaxBytesPerSecond;

    private static void Change<TKey>(Dictionary<TKey, int> counts, TKey key, int by)
        where TKey : notnull
    {
        var count = counts.GetValueOrDefault(key) + by;
        if (count == 0)
            counts.Remove(key);
        else
            counts[key] = count;
    }
}
