using System.Net;
using TspActors.Protocol;

namespace TspActors.Tracker.Calls;

/// <summary>
/// The limits on calls per requester, address and host: how many may be made within a minute, and how many may be open at once
/// (docs/protocol.md section 3).
/// </summary>
/// <remarks>Times are readings of one monotonic clock.</remarks>
internal sealed class CallLimits
{
    /// <summary>How many calls a requester may make within a minute.</summary>
    public const int OfRequester = 20;

    /// <summary>How many of a requester's calls may be open at once.</summary>
    public const int OpenOfRequester = 4;

    /// <summary>How many calls may come from one address within a minute.</summary>
    public const int OfAddress = 60;

    /// <summary>How many calls a host may receive within a minute.</summary>
    public const int OfHost = 30;

    /// <summary>How many calls to a host may be open at once.</summary>
    public const int OpenOfHost = 10;

    // A call stays open for at most 8 s, the requester's deadline, so it is worth trying again soon.
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly RateWindow<PeerId> _requesters = new(OfRequester, Window);
    private readonly RateWindow<IPAddress> _addresses = new(OfAddress, Window);
    private readonly RateWindow<PeerId> _hosts = new(OfHost, Window);

    /// <summary>Counts a call that a requester is about to make, if the limits allow it.</summary>
    /// <param name="requester">The requester.</param>
    /// <param name="address">The requester's address, normalised; null = the requester's tracker has counted the call.</param>
    /// <param name="open">The number of the requester's open calls.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null if the call may be made; otherwise how long to wait before trying again.</returns>
    public TimeSpan? TryPlace(PeerId requester, IPAddress? address, int open, TimeSpan now)
    {
        if (open >= OpenOfRequester)
            return TryAgain;
        var wait = _requesters.WaitFor(requester, now);
        if (address is not null && _addresses.WaitFor(address, now) is var longer && longer > wait)
            wait = longer;
        if (wait > TimeSpan.Zero)
            return wait;
        _requesters.Add(requester, now);
        if (address is not null)
            _addresses.Add(address, now);
        return null;
    }

    /// <summary>Counts a call that a host is about to receive, if the limits allow it.</summary>
    /// <returns>Null if the host may receive it; otherwise how long to wait before trying again.</returns>
    public TimeSpan? TryReceive(PeerId host, int open, TimeSpan now)
    {
        if (open >= OpenOfHost)
            return TryAgain;
        if (_hosts.WaitFor(host, now) is var wait && wait > TimeSpan.Zero)
            return wait;
        _hosts.Add(host, now);
        return null;
    }

    /// <summary>Forgets the calls that no longer count.</summary>
    public void Purge(TimeSpan now)
    {
        _requesters.Purge(now);
        _addresses.Purge(now);
        _hosts.Purge(now);
    }
}
