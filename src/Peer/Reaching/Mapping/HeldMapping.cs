using System.Net.Sockets;

namespace TspActors.Peer.Reaching.Mapping;

/// <summary>The action to take on a mapping after the tracker has probed the port.</summary>
internal enum ProbeVerdict
{
    /// <summary>Leave the mapping unchanged.</summary>
    Keep,

    /// <summary>Ask the router to renew the mapping, which it may have forgotten.</summary>
    Renew,

    /// <summary>Release the mapping: this router forwards the port, but the NAT in front of it does not.</summary>
    Release,
}

/// <summary>
/// The mapping that the router granted most recently, and its state. The tracker's probe, not the router's reply, decides
/// whether the mapping works.
/// </summary>
internal sealed class HeldMapping
{
    private readonly MappingLease _lease;
    private readonly TimeSpan _probeDelay;
    private readonly TimeSpan _unprovenFor;
    private readonly bool _wasSeenElsewhere;
    private bool _isSeenElsewhere;

    /// <summary>Starts holding a mapping that has just been granted.</summary>
    /// <param name="mapping">The mapping.</param>
    /// <param name="settings">The usual lease, and how long after the grant the result of an older probe may still arrive.</param>
    /// <param name="previous">The previous mapping; null if there is none. Its proof still counts if port and router are unchanged.</param>
    /// <param name="time">The clock.</param>
    public HeldMapping(PortMapping mapping, PortMappingSettings settings, HeldMapping? previous, TimeProvider time)
    {
        Mapping = mapping;
        _lease = new MappingLease(mapping, settings.Lease, time);
        _probeDelay = settings.ProbeDelay;
        var isSame = previous is not null && previous.Mapping.RouterAddresses == mapping.RouterAddresses
            && previous.Mapping.ExternalPort == mapping.ExternalPort;
        IsProven = isSame && previous!.IsProven;
        _wasSeenElsewhere = isSame && previous!._isSeenElsewhere && Equals(previous.Mapping.ExternalAddress, mapping.ExternalAddress);
        _unprovenFor = isSame && !IsProven && previous!._unprovenFor > TimeSpan.Zero ? previous._unprovenFor * 2 : _probeDelay;
    }

    /// <summary>The mapping.</summary>
    public PortMapping Mapping { get; }

    /// <summary>Whether the tracker has reached the port.</summary>
    public bool IsProven { get; private set; }

    /// <summary>
    /// The time from the grant to another probe if no probe has proven the mapping by then; null = there is no further probe before the
    /// renewal. The first probe comes right after the grant, and its failure proves nothing. The time doubles with each consecutive grant
    /// that is not proven, so that a failing port does not make the peer ask the router constantly.
    /// </summary>
    public TimeSpan? ProveAfter => !IsProven && _unprovenFor > TimeSpan.Zero && _unprovenFor < RenewAfter ? _unprovenFor : null;

    /// <summary>The time from the grant to the renewal.</summary>
    public TimeSpan RenewAfter => _lease.RenewAfter;

    /// <summary>The status that is shown to users.</summary>
    public MappingStatus Status => MappingTexts.Mapped(Mapping, IsProven ? null : BehindNat);

    /// <summary>
    /// A human-readable reason why connections from the Internet do not arrive at the router; null if they do, as far as is known. An
    /// external address that differs from the one that the tracker sees is a reason only once the router has confirmed it at a renewal,
    /// because the provider may have just changed it.
    /// </summary>
    public string? BehindNat =>
        Mapping.IsBehindNat ? MappingTexts.BehindNat : _wasSeenElsewhere && _isSeenElsewhere ? MappingTexts.SeenElsewhere : null;

    /// <summary>Applies the result of a probe.</summary>
    public ProbeVerdict ApplyProbe(PortFound found)
    {
        // A failed probe may be older than the mapping.
        if (!found.IsReachable && _lease.Age < _probeDelay)
            return ProbeVerdict.Keep;
        IsProven = found.IsReachable;
        _isSeenElsewhere = Mapping.ExternalAddress is { AddressFamily: AddressFamily.InterNetwork } external
            && found.Observed is { } observed && !observed.Equals(external);
        return found.IsReachable ? ProbeVerdict.Keep : BehindNat is not null ? ProbeVerdict.Release : ProbeVerdict.Renew;
    }

    /// <summary>Applies the result of a check.</summary>
    /// <returns>True if the router has lost the mapping.</returns>
    public bool ApplyCheck(MappingCheck check) =>
        check.IsLost || (check.EpochSeconds is { } epoch && _lease.ApplyEpoch(epoch));
}
