using System.Net;

namespace TspActors.Peer.Reaching.Mapping;

/// <summary>A mapping that the router granted: connections to its external port go to a port of this machine.</summary>
/// <param name="How">The protocol that was used to obtain it.</param>
/// <param name="RouterAddresses">The router.</param>
/// <param name="InternalPort">This machine's port.</param>
/// <param name="ExternalPort">The router's port.</param>
internal sealed record PortMapping(MappingProtocol How, RouterAddresses RouterAddresses, int InternalPort, int ExternalPort)
{
    /// <summary>The router's external address; null if the router has not reported it.</summary>
    public IPAddress? ExternalAddress { get; init; }

    /// <summary>The lease; zero = the mapping never expires.</summary>
    public TimeSpan Lease { get; init; }

    /// <summary>The router's epoch when it granted the mapping; null with UPnP, which has none.</summary>
    public uint? EpochSeconds { get; init; }

    /// <summary>The UPnP service that manages the mapping; null with NAT-PMP and PCP.</summary>
    public IgdService? Service { get; init; }

    /// <summary>Whether the router is itself behind NAT, in which case the Internet cannot reach the external port.</summary>
    public bool IsBehindNat => ExternalAddress is { } address && AddressBlock.IsBehindNat(address);

    /// <summary>
    /// Returns whether the router keeps this mapping in addition to a newer one that it has granted. With NAT-PMP and PCP, a router has
    /// only one mapping for each internal port, and a request to release it names that port. With UPnP, it has one for each external port.
    /// </summary>
    public bool CoexistsWith(PortMapping newer) => newer.RouterAddresses == RouterAddresses && newer.ExternalPort != ExternalPort
        && (How == MappingProtocol.Upnp || newer.How == MappingProtocol.Upnp);
}

/// <summary>The protocols for asking a router for a mapping.</summary>
internal enum MappingProtocol
{
    /// <summary>RFC 6886.</summary>
    NatPmp,

    /// <summary>RFC 6887.</summary>
    Pcp,

    /// <summary>UPnP's Internet Gateway Device.</summary>
    Upnp,
}

/// <summary>The result of an attempt to obtain or renew a mapping.</summary>
/// <param name="Mapping">The mapping; null if the attempt failed.</param>
/// <param name="Reason">The human-readable reason why the attempt failed; empty if it succeeded.</param>
/// <param name="Pause">The minimum pause before another attempt makes sense.</param>
internal sealed record MappingOutcome(PortMapping? Mapping, string Reason, TimeSpan Pause)
{
    /// <summary>Returns the result of an attempt that succeeded.</summary>
    public static MappingOutcome Granted(PortMapping mapping) => new(mapping, "", TimeSpan.Zero);

    /// <summary>Returns the result of an attempt that failed.</summary>
    public static MappingOutcome Failed(string reason, TimeSpan pause = default) => new(null, reason, pause);
}
