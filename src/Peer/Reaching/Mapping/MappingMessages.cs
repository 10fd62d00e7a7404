using System.Net;
using TspActors.Transport;

namespace TspActors.Peer.Reaching.Mapping;

/// <summary>To the PortMapperActor: the tracker could not connect to this peer's port, so a mapping is needed.</summary>
internal sealed record MappingWanted : ILocalMessage
{
    public static readonly MappingWanted Instance = new();
}

/// <summary>To the PortMapperActor: the tracker has probed this peer's port.</summary>
/// <param name="IsReachable">Whether the tracker reached it.</param>
/// <param name="Observed">The address that the tracker probed, at which it sees this peer; null = unknown.</param>
internal sealed record PortFound(bool IsReachable, IPAddress? Observed = null) : ILocalMessage;

/// <summary>Asks the PortMapperActor for its state. Answered immediately by <see cref="MappingStatus"/>.</summary>
internal sealed record GetMapping : ILocalMessage
{
    public static readonly GetMapping Instance = new();
}

/// <summary>
/// To the PortMapperActor: the peer is about to stop. The actor releases the mapping and does not ask for another one. Answered by
/// <see cref="MappingReleased"/>.
/// </summary>
internal sealed record ReleaseMapping : ILocalMessage
{
    public static readonly ReleaseMapping Instance = new();
}

/// <summary>The mapping has been released, the router did not reply in time, or there was no mapping.</summary>
internal sealed record MappingReleased : ILocalMessage
{
    public static readonly MappingReleased Instance = new();
}

/// <summary>From the PortMapperActor to its owner: the status of the mapping has changed.</summary>
internal sealed record MappingChanged(MappingStatus Status) : ILocalMessage;

/// <summary>From the PortMapperActor to its owner: have the tracker probe the mapped port once more.</summary>
internal sealed record ProbeWanted : ILocalMessage
{
    public static readonly ProbeWanted Instance = new();
}

/// <summary>The status of the port mapping.</summary>
/// <param name="State">The state of the mapping.</param>
/// <param name="ExternalPort">The router's port that leads to this peer; 0 unless the state is Mapped.</param>
/// <param name="ExternalAddress">The router's external address; null unless the state is Mapped and the router has reported it.</param>
/// <param name="How">"NAT-PMP", "UPnP" or "PCP"; null unless the state is Mapped.</param>
/// <param name="Text">A human-readable description of the status.</param>
internal sealed record MappingStatus(MappingState State, int ExternalPort, IPAddress? ExternalAddress, string? How, string Text)
    : ILocalMessage;

/// <summary>The state of a peer's port mapping.</summary>
internal enum MappingState
{
    /// <summary>Mappings are turned off.</summary>
    Off,

    /// <summary>No mapping has been needed so far.</summary>
    Idle,

    /// <summary>The router has been asked.</summary>
    Asking,

    /// <summary>The router forwards a port to this peer.</summary>
    Mapped,

    /// <summary>The last attempt failed. Another one follows later.</summary>
    Failed,
}
