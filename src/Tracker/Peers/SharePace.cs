using System.Net;
using TspActors.Transport;
using TspActors.Transport.Limits;

namespace TspActors.Tracker.Peers;

/// <summary>
/// Slows down peers that add and change songs without end: beyond a burst and a number of songs per second, their connections rest after
/// each share. The networks that rest divide the rate equally. Thread-safe.
/// </summary>
/// <remarks>
/// Each change costs the tracker memory that the garbage collector has to move, which delays everybody's requests. A share takes effect
/// immediately, and then its connection rests: it begins no other large body, but serves everything that arrives before one. Every new
/// connection from its network rests, too, so that peers that leave and return all the time are no faster. No rest is long enough to be
/// mistaken for a failure, so that a peer that shares a large library while others attack is slow but loses nothing. Withdrawals cost
/// nothing. Nobody rests directly after the start of the tracker, when all peers return. Peers on this machine never rest. Times are
/// readings of one monotonic clock.
/// </remarks>
/// <param name="limits">The limits.</param>
/// <param name="start">When the tracker started.</param>
internal sealed class SharePace(ShareLimits limits, TimeSpan start)
{
    /// <summary>
    /// The longest rest. A peer gives up when its writes make no progress for 30 s, and a peer that moves here must share something every
    /// minute.
    /// </summary>
    public static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(20);

    // However many networks divide the rate, a share of 128 KiB, which has about 770 songs, costs no more than ten seconds.
    private const double SmallestRate = 77;

    // Small changes do not count.
    private static readonly TimeSpan ShortestRest = TimeSpan.FromMilliseconds(250);

    // How often the networks that no longer rest are removed.
    private static readonly TimeSpan TidyInterval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly TokenBucket _together = new(limits.PerSecond, limits.Burst, start);

    // Until when each network rests.
    private readonly Dictionary<AddressGroup, TimeSpan> _until = [];
    private TimeSpan _tidiedAt;

    /// <summary>Returns how long a new connection of this address must rest because its network rests.</summary>
    public TimeSpan RestOf(IPAddress address, TimeSpan now)
    {
        if (CountedAddress.IsThisMachine(address))
            return TimeSpan.Zero;
        lock (_gate)
            return _until.TryGetValue(AddressGroup.Around(address)[^1], out var until) && until > now ? until - now : TimeSpan.Zero;
    }

    /// <summary>Records a share that takes effect now, and returns how long its connection must rest afterwards.</summary>
    /// <param name="address">The peer's address.</param>
    /// <param name="songs">The number of songs that the share adds or changes.</param>
    /// <param name="now">The time.</param>
    public TimeSpan Spend(IPAddress address, int songs, TimeSpan now)
    {
        if (songs == 0 || limits.PerSecond == 0 || now - start < limits.FreeTime || CountedAddress.IsThisMachine(address))
            return TimeSpan.Zero;
        lock (_gate)
        {
            Tidy(now);
            var network = AddressGroup.Around(address)[^1];
            var isResting = _until.TryGetValue(network, out var until) && until > now;
            if (!isResting && _together.TrySpend(songs, now, out _))
                return TimeSpan.Zero;
            var networks = _until.Count + (_until.ContainsKey(network) ? 0 : 1);
            var rate = Math.Max(SmallestRate, (double)limits.PerSecond / networks);
            var rest = (isResting ? until - now : TimeSpan.Zero) + TimeSpan.FromSeconds(songs / rate);
            if (rest < ShortestRest)
                return TimeSpan.Zero;
            if (rest > LongestRest)
                rest = LongestRest;
            _until[network] = now + rest;
            return rest;
        }
    }

    private void Tidy(TimeSpan now)
    {
        if (now - _tidiedAt < TidyInterval)
            return;
        _tidiedAt = now;
        foreach (var (rested, _) in _until.Where(entry => entry.Value <= now).ToList())
            _until.Remove(rested);
    }
}
