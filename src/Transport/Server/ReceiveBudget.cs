using System.Net;
using Akka.Actor;

namespace TspActors.Transport.Server;

/// <summary>
/// The memory that a server has for bodies which have begun and are not complete, in all and for each address (one /64 of IPv6).
/// </summary>
/// <remarks>
/// A connection reserves the whole length of a body as soon as it is torn, so a connection that has room can complete its frame. One that
/// finds no room waits in line: addresses take turns, so an address that fills its own share delays only itself. Large bodies leave a
/// quarter free for small ones, such as a handshake. Thread-safe: the connections of a server share it, and use it only for torn bodies.
/// </remarks>
internal sealed class ReceiveBudget(long maxBytes, long maxBytesPerAddress)
{
    private const int SmallBytes = 16 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, Share> _shares = [];
    private readonly LinkedList<Share> _turns = [];
    private long _held;

    /// <summary>Bytes that are reserved.</summary>
    public long Held
    {
        get
        {
            lock (_lock)
                return _held;
        }
    }

    /// <summary>Makes a connection's reservation, which is empty.</summary>
    /// <param name="address">The remote end's address.</param>
    /// <param name="connection">Is told <see cref="RoomGranted"/> when a wait is over.</param>
    public Reservation Open(IPAddress address, IActorRef connection) => new(this, CountedAddress.From(address), connection);

    private bool TryReserve(Reservation reservation, int bytes)
    {
        lock (_lock)
        {
            Release(reservation);
            if (bytes == 0)
            {
                GrantWaiting();
                return true;
            }

            if (!_shares.TryGetValue(reservation.Address, out var share))
                _shares.Add(reservation.Address, share = new Share(reservation.Address));
            reservation.Wanted = bytes;
            if (HasRoom(share, bytes) && (bytes <= SmallBytes || share.Waiting.Count == 0))
            {
                Grant(share, reservation);
                GrantWaiting();
                return true;
            }

            reservation.Place = share.Waiting.AddLast(reservation);
            if (share.Waiting.Count == 1)
                share.Turn = _turns.AddLast(share);
            GrantWaiting();
            return reservation.Place is null;
        }
    }

    private bool HasRoom(Share share, int bytes) => Fits(_held, bytes, maxBytes) && Fits(share.Held, bytes, maxBytesPerAddress);

    private static bool Fits(long held, int bytes, long max) => held + bytes <= (bytes <= SmallBytes ? max : max - (max / 4));

    private void Grant(Share share, Reservation reservation)
    {
        reservation.Held = reservation.Wanted;
        share.Held += reservation.Held;
        _held += reservation.Held;
    }

    private void Release(Reservation reservation)
    {
        if (!_shares.TryGetValue(reservation.Address, out var share))
            return;
        share.Held -= reservation.Held;
        _held -= reservation.Held;
        reservation.Held = 0;
        if (reservation.Place is { } place)
            RemoveWaiting(share, place);
        if (share is { Held: 0, Waiting.Count: 0 })
            _shares.Remove(share.Address);
    }

    private void RemoveWaiting(Share share, LinkedListNode<Reservation> place)
    {
        share.Waiting.Remove(place);
        place.Value.Place = null;
        if (share.Waiting.Count > 0)
            return;
        _turns.Remove(share.Turn!);
        share.Turn = null;
    }

    // Past the addresses that have filled their own share, up to the first one that has to wait for all the others.
    private void GrantWaiting()
    {
        var first = _turns.First;
        for (var tried = 0; first is not null && tried < _turns.Count;)
        {
            var (share, next) = (first.Value, first.Next ?? _turns.First);
            var reservation = share.Waiting.First!.Value;
            if (!Fits(_held, reservation.Wanted, maxBytes))
                return;
            if (!Fits(share.Held, reservation.Wanted, maxBytesPerAddress))
            {
                tried++;
                first = next;
                continue;
            }

            tried = 0;
            RemoveWaiting(share, share.Waiting.First!);
            Grant(share, reservation);
            reservation.Connection.Tell(RoomGranted.Instance, ActorRefs.NoSender);
            if (share.Turn is { } turn)
            {
                _turns.Remove(turn);
                _turns.AddLast(turn);
            }

            first = _turns.First;
        }
    }

    /// <summary>What one connection has reserved, or waits for. Not thread-safe: it is the connection's alone.</summary>
    internal sealed class Reservation(ReceiveBudget budget, IPAddress address, IActorRef connection)
    {
        public IPAddress Address { get; } = address;

        public IActorRef Connection { get; } = connection;

        // The budget changes these under its lock, and for a connection that does not wait only at its own request.
        public int Wanted { get; set; }

        public int Held { get; set; }

        public LinkedListNode<Reservation>? Place { get; set; }

        /// <summary>Reserves that many bytes instead of what was reserved before; 0 releases all.</summary>
        /// <returns>True when they are reserved; false when the connection has to wait for <see cref="RoomGranted"/>.</returns>
        public bool TryReserve(int bytes) => (bytes == Held && Place is null) || budget.TryReserve(this, bytes);
    }

    private sealed class Share(IPAddress address)
    {
        public IPAddress Address { get; } = address;

        public long Held { get; set; }

        public LinkedList<Reservation> Waiting { get; } = [];

        public LinkedListNode<Share>? Turn { get; set; }
    }
}

/// <summary>To a connection: there is room for the body that it wants to read.</summary>
internal sealed record RoomGranted : ILocalMessage
{
    public static readonly RoomGranted Instance = new();
}
