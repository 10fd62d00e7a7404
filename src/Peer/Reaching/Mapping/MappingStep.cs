namespace TspActors.Peer.Reaching.Mapping;

/// <summary>The next step in obtaining a mapping.</summary>
internal abstract record MappingStep;

/// <summary>Ask the UPnP router to add a mapping.</summary>
/// <param name="ExternalPort">The router's port.</param>
/// <param name="LeaseSeconds">The lease; 0 = the mapping never expires, but is deleted when the peer stops.</param>
internal sealed record AddMapping(int ExternalPort, uint LeaseSeconds) : MappingStep;

/// <summary>Ask the UPnP router where a port's existing mapping leads.</summary>
internal sealed record CheckMapping(int ExternalPort) : MappingStep;

/// <summary>Ask again via PCP, because the router does not speak NAT-PMP.</summary>
internal sealed record AskByPcp : MappingStep
{
    public static readonly AskByPcp Instance = new();
}

/// <summary>The router forwards this port, which need not be the requested one.</summary>
internal sealed record KeepMapping(int ExternalPort) : MappingStep;

/// <summary>This protocol yields no mapping.</summary>
/// <param name="Reason">A human-readable reason.</param>
/// <param name="Pause">The minimum pause before another attempt makes sense.</param>
internal sealed record GiveUp(string Reason, TimeSpan Pause = default) : MappingStep;

/// <summary>The UPnP error codes that matter here.</summary>
internal static class IgdError
{
    /// <summary>The arguments are invalid. Some routers reject a lease with this code.</summary>
    public const int InvalidArguments = 402;

    /// <summary>The action failed. Some routers reject a lease with this code.</summary>
    public const int ActionFailed = 501;

    /// <summary>The action is not allowed. Some routers reject a lease with this code.</summary>
    public const int NotAuthorized = 606;

    /// <summary>The external port has no mapping.</summary>
    public const int NoSuchEntry = 714;

    /// <summary>The external port is taken.</summary>
    public const int Conflict = 718;

    /// <summary>The router supports only mappings without a lease.</summary>
    public const int OnlyPermanentLeases = 725;

    /// <summary>The table of mappings is full.</summary>
    public const int NoPortMapsAvailable = 728;
}
