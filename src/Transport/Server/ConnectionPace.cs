using System.Net;
using System.Net.Sockets;
using TspActors.Transport.Limits;

namespace TspActors.Transport.Server;

/// <summary>
/// Limits how many connections one address, and each network that contains it, may open: a burst, and a number per second.
/// </summary>
/// <remarks>
/// A new connection costs the server far more than its remote end. Without this limit, a few addresses that connect all the time slow down
/// everybody's requests. Two budgets limit the connections that are not in use yet, as <see cref="Seats{T}"/> defines it, and those that
/// are: a connection that comes into use moves from the first budget to the second while that has room, so the peers behind one address
/// can return together. One that has been in use for <see cref="Lasting"/> is given back to the second budget when it closes, and so can
/// be replaced within the next minutes. All addresses that have spent half of either burst share a third budget. Directly after the start
/// of the server, when everybody returns, there is no limit, and programs on this machine are never limited. Times are readings of one
/// monotonic clock.
/// </remarks>
/// <param name="settings">The limits.</param>
/// <param name="start">When the server started.</param>
internal sealed class ConnectionPace(TransportSettings settings, TimeSpan start)
{
    /// <summary>A connection that has been in use for this long is not part of a flood.</summary>
    public static readonly TimeSpan Lasting = TimeSpan.FromSeconds(30);

    private readonly NetworkBuckets _unused = Budget(settings);
    private readonly NetworkBuckets _used = Budget(settings);
    private readonly TokenBucket _busyAddresses = new(
        settings.NewConnectionsOfBusyAddressesSecond, settings.NewConnectionsOfBusyAddressesSecond, start);

    // Each of the addresses that share that budget may also open one connection every five seconds, so that the others cannot keep it out.
    private readonly TokenBuckets<IPAddress> _ownOfBusy = new(perHour: 720, burst: 1);

    /// <summary>Counts a new connection if the limits allow it.</summary>
    /// <returns>Null, or the reason why the connection is refused and not counted.</returns>
    public string? Enter(IPAddress address, TimeSpan now)
    {
        if (IsFree(address, now))
            return null;
        var isBusy = settings.NewConnectionsPerAddressSecond > 0 && settings.NewConnectionsOfBusyAddressesSecond > 0
            && Math.Min(_unused.OwnLevel(address, now), _used.OwnLevel(address, now)) <= settings.NewConnectionsPerAddress / 2.0;
        var own = isBusy ? _ownOfBusy.Find(address, now) : null;
        if (own?.WaitFor(1, now) > TimeSpan.Zero && _busyAddresses.WaitFor(1, now) > TimeSpan.Zero)
            return "too many new connections from addresses that connect often; try again later";
        if (_unused.TrySpend(address, now) is not { } empty)
        {
            if (own?.TrySpend(1, now, out _) == false)
                _busyAddresses.Spend(1);
            return null;
        }

        // An IPv4 network has many owners. Those of its addresses that have not connected lately are not to blame for the others.
        if (address.AddressFamily != AddressFamily.InterNetwork || !_unused.IsFull(address, now))
            return $"too many new connections from {empty.Whose}; try again later";
        _unused.SpendOwn(address, now);
        return null;
    }

    /// <summary>Records that a connection is in use for the first time.</summary>
    /// <returns>False if too many connections are in use. The connection then still counts as one that is not.</returns>
    public bool Use(IPAddress address, TimeSpan now)
    {
        if (IsFree(address, now))
            return true;
        if (_used.TrySpend(address, now) is not null)
            return false;
        _unused.Return(address, now);
        return true;
    }

    /// <summary>Records that a connection has closed for which <see cref="Use"/> returned true.</summary>
    /// <param name="address">The address of its remote end.</param>
    /// <param name="usedSince">When it was in use for the first time.</param>
    /// <param name="now">The time.</param>
    public void Leave(IPAddress address, TimeSpan usedSince, TimeSpan now)
    {
        if (now - usedSince >= Lasting)
            _used.Return(address, now, mayOverflow: true);
    }

    private bool IsFree(IPAddress address, TimeSpan now) =>
        now - start < settings.NewConnectionsFreeTime || CountedAddress.IsThisMachine(address);

    private static NetworkBuckets Budget(TransportSettings settings) =>
        new((long)settings.NewConnectionsPerAddressSecond * 3600, settings.NewConnectionsPerAddress);
}
