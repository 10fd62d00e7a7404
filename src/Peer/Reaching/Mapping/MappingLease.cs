namespace TspActors.Peer.Reaching.Mapping;

/// <summary>
/// The lease of a mapping: when to renew it, and whether the router has since lost it. A router counts the seconds since its table of
/// mappings was last empty, so a count that is too low reveals a restart (RFC 6886, 3.6).
/// </summary>
internal sealed class MappingLease
{
    // Routers' clocks are inaccurate: the RFC allows for an error of one eighth plus two seconds.
    private const double SlowestClock = 7.0 / 8.0;
    private const double Slack = 2;

    private static readonly TimeSpan ShortestRenewal = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly long _grantedAt;
    private uint? _epoch;
    private long _epochSeenAt;

    /// <summary>Starts a lease that has just been granted.</summary>
    /// <param name="mapping">The mapping.</param>
    /// <param name="usualLease">The time to use instead of a longer or unlimited lease, because routers may lose mappings early.</param>
    /// <param name="time">The clock.</param>
    public MappingLease(PortMapping mapping, TimeSpan usualLease, TimeProvider time)
    {
        _time = time;
        _grantedAt = _epochSeenAt = time.GetTimestamp();
        _epoch = mapping.EpochSeconds;
        var lease = mapping.Lease > TimeSpan.Zero && mapping.Lease < usualLease ? mapping.Lease : usualLease;
        RenewAfter = lease / 2 > ShortestRenewal ? lease / 2 : ShortestRenewal;
    }

    /// <summary>The time from the grant to the renewal.</summary>
    public TimeSpan RenewAfter { get; }

    /// <summary>The time since the grant.</summary>
    public TimeSpan Age => _time.GetElapsedTime(_grantedAt);

    /// <summary>Applies the router's epoch from a later reply.</summary>
    /// <returns>True if the router has lost its mappings since the previous reply.</returns>
    public bool ApplyEpoch(uint epochSeconds)
    {
        var elapsed = _time.GetElapsedTime(_epochSeenAt).TotalSeconds;
        var wentBack = _epoch is { } previous && epochSeconds + Slack < previous + (elapsed * SlowestClock);
        _epoch = epochSeconds;
        _epochSeenAt = _time.GetTimestamp();
        return wentBack;
    }
}
