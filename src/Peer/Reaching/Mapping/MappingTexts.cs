namespace TspActors.Peer.Reaching.Mapping;

/// <summary>The statuses of a port mapping, with the text shown to users.</summary>
internal static class MappingTexts
{
    /// <summary>The explanation when the router is itself behind NAT.</summary>
    public const string BehindNat = "your provider puts you behind its own NAT; others reach you via CALL or a relay";

    /// <summary>The explanation when the tracker sees this peer at an address other than the router's.</summary>
    public const string SeenElsewhere =
        "the tracker sees this peer at an address that is not the router's: perhaps your provider puts you behind its own NAT, or you use "
        + "a VPN; others reach you via CALL or a relay";

    /// <summary>The status when mappings are turned off.</summary>
    public static readonly MappingStatus Off = Without(MappingState.Off, "port mapping is off");

    /// <summary>The status when no mapping has been needed so far.</summary>
    public static readonly MappingStatus Idle = Without(MappingState.Idle, "no port mapping has been needed so far");

    /// <summary>The status while the router is being asked.</summary>
    public static readonly MappingStatus Asking = Without(MappingState.Asking, "asking the router to forward a port");

    /// <summary>Returns the status after an attempt that failed.</summary>
    public static MappingStatus Failed(string reason) => Without(MappingState.Failed, reason);

    /// <summary>Returns the status of a granted mapping.</summary>
    /// <param name="mapping">The mapping.</param>
    /// <param name="behindNat">Why connections from the Internet do not arrive at the router; null if they do, as far as is known.</param>
    public static MappingStatus Mapped(PortMapping mapping, string? behindNat)
    {
        var how = Name(mapping.How);
        var text = $"the router forwards its port {mapping.ExternalPort} to port {mapping.InternalPort} of this machine ({how})";
        return new MappingStatus(
            MappingState.Mapped, mapping.ExternalPort, mapping.ExternalAddress, how,
            behindNat is null ? text : $"{text}, but {behindNat}");
    }

    /// <summary>Returns the name of a protocol.</summary>
    public static string Name(MappingProtocol protocol) => protocol switch
    {
        MappingProtocol.NatPmp => "NAT-PMP",
        MappingProtocol.Pcp => "PCP",
        _ => "UPnP",
    };

    private static MappingStatus Without(MappingState state, string text) => new(state, 0, null, null, text);
}
