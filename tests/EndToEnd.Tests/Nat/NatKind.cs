namespace TspActors.EndToEnd.Tests.Nat;

/// <summary>A kind of router, which determines how it treats the connections of the machines behind it.</summary>
public enum NatKind
{
    /// <summary>A home router: it keeps source ports, drops unsolicited packets, and has no hairpin NAT.</summary>
    Home,

    /// <summary>As <see cref="Home"/>, but each destination sees a different source port (endpoint-dependent mapping).</summary>
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
