namespace TspActors.EndToEnd.Tests.Nat;

/// <summary>What a router does with the connections of the machines behind it.</summary>
public enum NatKind
{
    /// <summary>A home router: keeps source ports, drops what nobody asked for, has no hairpin.</summary>
    Home,

    /// <summary>As <see cref="Home"/>, but each destination sees another source port (endpoint-dependent mapping).</summary>
    Symmetric,

    /// <summary>
    /// As <see cref="Home"/>, but a port that a machine has used is open for everyone (endpoint-independent filtering).
    /// </summary>
    FullCone,

    /// <summary>A provider's NAT: as <see cref="Home"/>, and the home routers behind it have addresses in 100.64.0.0/10.</summary>
    CarrierGrade,

    /// <summary>As <see cref="Home"/>, and miniupnpd opens ports when a machine asks (UPnP IGD, NAT-PMP, PCP).</summary>
    Igd,

    /// <summary>As <see cref="Igd"/>, but it speaks only UPnP IGD, as many home routers do.</summary>
    UpnpOnly,
}
