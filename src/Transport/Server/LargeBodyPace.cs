using System.Net;
using TspActors.Transport.Limits;

namespace TspActors.Transport.Server;

/// <summary>
/// Limits how many bytes of large bodies each network (IPv4 /24, IPv6 /48) may begin to send: a burst, and a number per second. Networks
/// that have used half of their bursts are busy, and the busy networks divide one rate equally.
/// </summary>
/// <remarks>
/// Reading a body costs the server as much as handling it, even if the body is never completed. To divide the rate, each byte of a busy
/// network counts as many times as there are busy networks, at most 32 times. Directly after the start of the server, when everybody
/// returns, there is no limit, and programs on this machine are never limited. Times are readings of one monotonic clock. Not thread-safe.
/// </remarks>
/// <param name="settings">The limits.</param>
/// <param name="start">When the server started.</param>
internal sealed class LargeBodyPace(TransportSettings settings, TimeSpan start)
{
    private const int SecondsPerHour = 3600;

    // However many networks are busy, a share of 128 KiB counts as 4 MiB. At the default rate, that is four seconds, less than a body waits
    // for room.
    private const int LargestWeight = 32;

    // How often the networks that are no longer busy are removed.
    private static readonly TimeSpan TidyInterval = TimeSpan.FromMilliseconds(100);

    private readonly TokenBuckets<AddressGroup> _bytes = new(
        (double)settings.LargeBodyBytesPerSecond * SecondsPerHour, settings.LargeBodyBytesAtOnce);

    // Until when each network is busy if it sends no more.
    private readonly Dictionary<AddressGroup, TimeSpan> _busy = [];
    private TimeSpan _tidiedAt;

    /// <summary>Whether there is a limit at all.</summary>
    public bool IsLimited => settings.LargeBodyBytesPerSecond > 0;

    /// <summary>Returns the network whose bytes count; null if this address is not limited.</summary>
    public AddressGroup? NetworkOf(IPAddress address) =>
        !IsLimited || CountedAddress.IsThisMachine(address) ? null : AddressGroup.Around(address)[^1];

    /// <summary>
    /// Returns whether a body may begin now. Its length does not matter, so that small bodies cannot keep a larger one waiting for ever;
    /// the network may get into debt.
    /// </summary>
    public bool Allows(AddressGroup? network, TimeSpan now) =>
        network is not { } limited || IsFree(now) || _bytes.Find(limited, now).Level(now) > 0;

    /// <summary>Records that a body of this length begins.</summary>
    /// <returns>How many times each of its bytes counts.</returns>
    public int Spend(AddressGroup? network, int bytes, TimeSpan now)
    {
        if (network is not { } limited || IsFree(now))
            return 0;
        Tidy(now);
        var bucket = _bytes.Find(limited, now);
        var weight = _busy.ContainsKey(limited) ? Math.Min(_busy.Count, LargestWeight) : 1;
        bucket.Spend((double)bytes * weight);
        Mark(limited, bucket, now);
        return weight;
    }

    /// <summary>Records that so many bytes of a body that has begun will not be read.</summary>
    /// <param name="network">The network.</param>
    /// <param name="bytes">The number of bytes.</param>
    /// <param name="weight">What <see cref="Spend"/> returned for the body.</param>
    /// <param name="now">The time.</param>
    public void Return(AddressGroup? network, int bytes, int weight, TimeSpan now)
    {
        if (network is not { } limited || weight == 0)
            return;
        var bucket = _bytes.Find(limited, now);
        bucket.Return((double)bytes * weight, now);
        Mark(limited, bucket, now);
    }

    private void Mark(AddressGroup network, TokenBucket bucket, TimeSpan now)
    {
        var missing = (settings.LargeBodyBytesAtOnce / 2) - bucket.Level(now);
        if (missing > 0)
            _busy[network] = now + TimeSpan.FromSeconds(missing / settings.LargeBodyBytesPerSecond);
        else
            _busy.Remove(network);
    }

    private void Tidy(TimeSpan now)
    {
        if (now - _tidiedAt < TidyInterval)
            return;
        _tidiedAt = now;
        foreach (var (calm, _) in _busy.Where(entry => entry.Value <= now).ToList())
            _busy.Remove(calm);
    }

    private bool IsFree(TimeSpan now) => now - start < settings.NewConnectionsFreeTime;
}
