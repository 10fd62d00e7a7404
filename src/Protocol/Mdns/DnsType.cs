namespace TspActors.Protocol.Mdns;

/// <summary>The types of DNS records that discovery uses. Records of other types are ignored.</summary>
public static class DnsType
{
    /// <summary>A: an IPv4 address.</summary>
    public const ushort Address = 1;

    /// <summary>PTR: the name of an instance of a service.</summary>
    public const ushort InstancePointer = 12;

    /// <summary>TXT: strings of the form key=value.</summary>
    public const ushort Text = 16;

    /// <summary>AAAA: an IPv6 address.</summary>
    public const ushort AddressV6 = 28;

    /// <summary>SRV: the host and port of a service.</summary>
    public const ushort Service = 33;

    /// <summary>Any type; only in questions.</summary>
    public const ushort Any = 255;
}
