using System.Net;
using TspActors.Transport;
using TspActors.Transport.Limits;

namespace TspActors.Tracker.Peers;

/// <summary>
/// Limits how many songs all peers together may add, change and remove: a burst, and a number per second that the networks of the peers
/// divide equally. Thread-safe.
/// </summary>
/// <remarks>
/// Each change costs the tracker memory that the garbage collector has to move, which delays everybody's requests. Without this limit, a
/// dozen peers that share without end make everything else take a hundred times as long. Only networks that have used up their part wait,
/// and nobody waits directly after the start of the tracker, when all peers return. Peers on this machine never wait. Times are readings
/// of one monotonic clock.
/// </remarks>
/// <param name="limits">The limits.</param>
/// <param name="start">When the tracker started.</param>
internal sealed class SharePace(ShareLimits limits, TimeSpan start)
{
    /// <summary>
    /// The longest pause after one share. In the meantime, the remote end receives no PONG; after three times as long it gives up.
    /// </summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly TokenBucket _together = new(limits.PerSecond, limits.Burst, start);

    // When each network that has to wait may share again.
    private readonly Dictionary<AddressGroup, TimeSpan> _due = [];

    /// <summary>Returns how long the next share from this address must wait; zero = it may begin now.</summary>
    public TimeSpan WaitFor(IPAddress address, TimeSpan now)
    {
        lock (_gate)
            return _due.TryGetValue(NetworkOf(address), out var due) && due > now ? due - now : TimeSpan.Zero;
    }

    /// <summary>Records that a share with so many songs begins, which may make the next one from the same network wait.</summary>
    public void Spend(IPAddress address, int songs, TimeSpan now)
    {
        if (limits.PerSecond == 0 || now - start < limits.FreeTime || CountedAddress.IsThisMachine(address))
            return;
        lock (_gate)
        {
            foreach (var (over, _) in _due.Where(entry => entry.Value <= now).ToList())
                _due.Remove(over);
            if (_due.Count == 0 && _together.TrySpend(songs, now, out _))
                return;
            var network = NetworkOf(address);
            _due.Remove(network);
            var pause = TimeSpan.FromSeconds((double)songs * (_due.Count + 1) / limits.PerSecond);
            _due[network] = now + (pause < LongestPause ? pause : LongestPause);
        }
    }

    private static AddressGroup NetworkOf(IPAddress address) => AddressGroup.Around(address)[^1];
}
