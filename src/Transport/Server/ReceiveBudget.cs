using System.Net;
using Akka.Actor;
using TspActors.Transport.Connections;

namespace TspActors.Transport.Server;

/// <summary>
/// The memory that a server may use for bodies that have not been handled yet, limited in total and for each address (each IPv6 /64).
/// </summary>
/// <remarks>
/// When only the beginning of a body has arrived, its connection reserves the full length, so a connection with a reservation can always
/// complete its frame. It keeps the reservation until its session has handled the frame. A connection for which there is no room waits.
/// Addresses are served round-robin, so an address that fills its own share delays only itself. Large bodies leave a quarter of the memory
/// free for small ones, such as a handshake. The small bodies of unused connections, which belong to no registered peer and carry no
/// stream, may use at most a quarter. Large bodies also wait for the <see cref="LargeBodyPace"/> of their network. Thread-safe: all
/// connections of a server use the same budget.
/// </remarks>
internal sealed class ReceiveBudget(long maxBytes, long maxBytesPerAddress, LargeBodyPace? pace = null)
{
    private const int SmallBytes = 16 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, Share> _shares = [];
    private readonly LinkedList<Share> _turns = [];
    private long _held;
    private long _heldUnused;
    private long _largeGrants;
    private int _completeLarge;

    /// <summary>The number of reserved bytes.</summary>
    public long Held
    {
        get
        {
            lock (_lock)
                return _held;
        }
    }

    /// <summary>Whether bodies may wait although there is room, so that <see cref="GrantDue"/> must be called from time to time.</summary>
    public bool IsPaced => pace is { IsLimited: true };

    /// <summary>Grants the reservations that were waiting only until their network may send more.</summary>
    public void GrantDue()
    {
        lock (_lock)
            GrantWaiting();
    }

    /// <summary>Returns a new, empty reservation for a connection.</summary>
    /// <param name="address">The remote end's address.</param>
    /// <param name="connection">The connection. It receives <see cref="RoomGranted"/> when a wait is over.</param>
    public Reservation Open(IPAddress address, IActorRef connection) =>
        new(this, CountedAddress.From(address), connection, pace?.NetworkOf(address));

    private bool TryReserve(Reservation reservation, int bytes, bool inUse)
    {
        lock (_lock)
        {
            Release(reservation);
            reservation.IsUnused = !inUse && bytes <= SmallBytes;
            if (bytes == 0)
            {
                GrantWaiting();
                return true;
            }

            if (!_shares.TryGetValue(reservation.Address, out var share))
                _shares.Add(reservation.Address, share = new Share(reservation.Address));
            reservation.Wanted = bytes;
            if (HasRoom(share, reservation) && (bytes <= SmallBytes || share.Waiting.Count == 0))
            {
                Grant(share, reservation);
                GrantWaiting();
                return true;
            }

            reservation.SeenGrants = _largeGrants;
            reservation.Place = share.Waiting.AddLast(reservation);
            if (share.Waiting.Count == 1)
                share.Turn = _turns.AddLast(share);
            GrantWaiting();
            return reservation.Place is null;
        }
    }

    private bool HasRoom(Share share, Reservation reservation) =>
        FitsServer(reservation) && Fits(share.Held, reservation.Wanted, maxBytesPerAddress) && IsAllowed(reservation);

    private bool IsAllowed(Reservation reservation) =>
        reservation.Wanted <= SmallBytes || pace is null || pace.Allows(reservation.Network, DeadlineTimer.Now);

    private void GiveBack(Reservation reservation, int bytes)
    {
        lock (_lock)
        {
            if (reservation.Held > SmallBytes && pace is not null)
                pace.Return(reservation.Network, Math.Min(bytes, reservation.Held), reservation.Weight, DeadlineTimer.Now);
        }
    }

    private bool FitsServer(Reservation reservation) => Fits(_held, reservation.Wanted, maxBytes)
        && (!reservation.IsUnused || _heldUnused + reservation.Wanted <= maxBytes / 4);

    private static bool Fits(long held, int bytes, long max) => held + bytes <= (bytes <= SmallBytes ? max : max - (max / 4));

    private void Grant(Share share, Reservation reservation)
    {
        reservation.Held = reservation.Wanted;
        share.Held += reservation.Held;
        _held += reservation.Held;
        if (reservation.IsUnused)
            _heldUnused += reservation.Held;
        if (reservation.Held <= SmallBytes)
            return;
        _largeGrants++;
        reservation.Weight = pace?.Spend(reservation.Network, reservation.Held, DeadlineTimer.Now) ?? 0;
    }

    private void Complete(Reservation reservation)
    {
        lock (_lock)
        {
            if (reservation.IsCompleteLarge || reservation.Held <= SmallBytes)
                return;
            reservation.IsCompleteLarge = true;
            _completeLarge++;
        }
    }

    // Small bodies do not wait for large ones, so the progress of large ones says nothing about them.
    private bool HasMoved(Reservation reservation)
    {
        lock (_lock)
        {
            var seen = reservation.SeenGrants;
            reservation.SeenGrants = _largeGrants;
            return reservation.Wanted > SmallBytes && (_largeGrants != seen || _completeLarge > 0);
        }
    }

    private void Release(Reservation reservation)
    {
        if (!_shares.TryGetValue(reservation.Address, out var share))
            return;
        share.Held -= reservation.Held;
        _held -= reservation.Held;
        if (reservation.IsUnused)
            _heldUnused -= reservation.Held;
        if (reservation.IsCompleteLarge)
            _completeLarge--;
        reservation.IsCompleteLarge = false;
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

    // Grants waiting reservations round-robin, and stops at the first one that does not fit into the total budget. Skips an address that
    // has filled its own share, whose network must wait, or whose next reservation exceeds the quarter for unused connections.
    private void GrantWaiting()
    {
        var first = _turns.First;
        for (var tried = 0; first is not null && tried < _turns.Count;)
        {
            var (share, next) = (first.Value, first.Next ?? _turns.First);
            var reservation = share.Waiting.First!.Value;
            var isAllowed = IsAllowed(reservation);
            if (isAllowed && !Fits(_held, reservation.Wanted, maxBytes))
                return;
            if (!isAllowed || !HasRoom(share, reservation))
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

    /// <summary>The bytes that one connection has reserved or is waiting for. Not thread-safe: only the connection may use it.</summary>
    internal sealed class Reservation(ReceiveBudget budget, IPAddress address, IActorRef connection, AddressGroup? network)
    {
        public IPAddress Address { get; } = address;

        public IActorRef Connection { get; } = connection;

        public AddressGroup? Network { get; } = network;

        // The budget changes the following properties under its lock. While the connection is not waiting, only its own requests change
        // them.
        public int Wanted { get; set; }

        public int Held { get; set; }

        /// <summary>How many times each of the held bytes counts in the pace of the network.</summary>
        public int Weight { get; set; }

        public bool IsUnused { get; set; }

        public long SeenGrants { get; set; }

        public LinkedListNode<Reservation>? Place { get; set; }

        public bool IsCompleteLarge { get; set; }

        /// <summary>
        /// Records that the whole body has arrived. It keeps its room until the session has handled it; then the next one receives room.
        /// </summary>
        public void Complete() => budget.Complete(this);

        /// <summary>Records that so many bytes of the body for which the connection has room will not be read.</summary>
        public void GiveBack(int bytes)
        {
            if (bytes > 0)
                budget.GiveBack(this, bytes);
        }

        /// <summary>
        /// Returns whether it is worthwhile for this connection to keep waiting: large bodies have received room since the wait began or
        /// since the last call, or complete ones are being handled. Always false for a small body.
        /// </summary>
        public bool HasMoved() => budget.HasMoved(this);

        /// <summary>Changes the reservation to <paramref name="bytes"/> bytes; 0 releases it.</summary>
        /// <param name="bytes">The length of the body.</param>
        /// <param name="inUse">Whether the connection belongs to a registered peer or carries a stream.</param>
        /// <returns>True if the bytes are reserved; false if the connection must wait for <see cref="RoomGranted"/>.</returns>
        public bool TryReserve(int bytes, bool inUse = false) =>
            (bytes == Held && Place is null) || budget.TryReserve(this, bytes, inUse);
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
