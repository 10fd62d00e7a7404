namespace TspActors.Protocol.Mdns;

/// <summary>The multicast DNS names and numbers that trackers and peers share (RFC 6762, RFC 6763).</summary>
public static class MdnsNames
{
    /// <summary>The port of multicast DNS.</summary>
    public const int Port = 5353;

    /// <summary>The number of seconds for which a tracker's address and port are valid.</summary>
    public const uint HostTtl = 120;

    /// <summary>The number of seconds for which all other records are valid.</summary>
    public const uint OtherTtl = 4_500;

    /// <summary>The number of seconds for which the records in a reply to a single querier are valid (RFC 6762 section 6.7).</summary>
    public const uint UnicastTtl = 10;

    /// <summary>The domain for names that are only valid on one local network.</summary>
    public const string Domain = "local";

    /// <summary>The name of the tracker service: _tsp-tracker._tcp.local.</summary>
    public static DnsName Service { get; } = DnsName.From("_tsp-tracker", "_tcp", Domain);

    /// <summary>The name under which every service on a network is listed.</summary>
    public static DnsName AllServices { get; } = DnsName.From("_services", "_dns-sd", "_udp", Domain);

    /// <summary>The question that asks for all trackers on a network.</summary>
    public static DnsQuestion TrackerQuestion { get; } = new(Service, DnsType.InstancePointer, WantsUnicast: true);
}
