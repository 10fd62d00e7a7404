using System.Net;
using TspActors.Transport.Limits;

namespace TspActors.Transport.Server;

/// <summary>
/// Limits how many bytes of large bodies each network (IPv4 /24, IPv6 /48) may begin to send: a burst, and a number per second.
/// </summary>
/// <remarks>
/// Reading a body costs the server as much as handling it, even if the body is never completed. Directly after the start of the server,
/// when everybody returns, there is no limit, and programs on this machine are never limited. Times are readings of one monotonic clock.
/// Not thread-safe.
/// </remarks>
/// <param name="settings">The limits.</param>
/// <param name="start">When the server started.</param>
internal sealed class LargeBodyPace(TransportSettings settings, TimeSpan start)
{
    private const int SecondsPerHour = 3600;

    private readonly TokenBuckets<AddressGroup> _bytes = new(
        (double)settings.LargeBodyBytesPerSecond * SecondsPerHour, settings.LargeBodyBytesAtOnce);

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
    public void Spend(AddressGroup? network, int bytes, TimeSpan now)
    {
        if (network is { } limited && !IsFree(now))
            _bytes.Find(limited, now).Spend(bytes);
    }

    /// <summary>Records that so many bytes of a body that has begun will not be read.</summary>
    public void Return(AddressGroup? network, int bytes, TimeSpan now)
    {
        if (network is { } limited && !IsFree(now))
            _bytes.Find(limited, now).Return(bytes, now);
    }

    private bool IsFree(TimeSpan now) => now - start < settings.NewConnectionsFreeTime;
}
