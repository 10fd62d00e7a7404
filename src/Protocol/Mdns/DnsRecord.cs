using System.Net;
using System.Net.Sockets;

namespace TspActors.Protocol.Mdns;

/// <summary>A record in a DNS message.</summary>
/// <param name="Name">The name that the record belongs to.</param>
/// <param name="Ttl">The number of seconds for which the record is valid; 0 = it is no longer valid.</param>
public abstract record DnsRecord(DnsName Name, uint Ttl)
{
    /// <summary>A constant of <see cref="DnsType"/>.</summary>
    public abstract ushort Type { get; }

    /// <summary>Whether the record replaces all others with its name and type (the cache-flush bit).</summary>
    public bool IsUnique { get; init; }

    /// <summary>Writes the content of the record.</summary>
    internal abstract void WriteContent(DnsWriter writer);
}

/// <summary>PTR: names an instance of a service, or a service.</summary>
/// <param name="Name">The service.</param>
/// <param name="Ttl">The number of seconds for which the record is valid.</param>
/// <param name="Target">The instance.</param>
public sealed record PointerRecord(DnsName Name, uint Ttl, DnsName Target) : DnsRecord(Name, Ttl)
{
    /// <inheritdoc/>
    public override ushort Type => DnsType.InstancePointer;

    internal override void WriteContent(DnsWriter writer) => writer.WriteName(Target);
}

/// <summary>SRV: the host and port of an instance. Priority and weight are always 0.</summary>
/// <param name="Name">The instance.</param>
/// <param name="Ttl">The number of seconds for which the record is valid.</param>
/// <param name="Host">The name of the host.</param>
/// <param name="Port">The port.</param>
public sealed record ServiceRecord(DnsName Name, uint Ttl, DnsName Host, int Port) : DnsRecord(Name, Ttl)
{
    /// <inheritdoc/>
    public override ushort Type => DnsType.Service;

    internal override void WriteContent(DnsWriter writer)
    {
        writer.WriteUInt32(0);
        writer.WriteUInt16((ushort)Port);
        writer.WriteName(Host);
    }
}

/// <summary>TXT: strings of the form key=value, each up to 255 bytes long.</summary>
/// <param name="Name">The instance.</param>
/// <param name="Ttl">The number of seconds for which the record is valid.</param>
/// <param name="Entries">The strings.</param>
public sealed record TextRecord(DnsName Name, uint Ttl, IReadOnlyList<string> Entries) : DnsRecord(Name, Ttl)
{
    /// <inheritdoc/>
    public override ushort Type => DnsType.Text;

    internal override void WriteContent(DnsWriter writer)
    {
        // Even a record without strings contains an empty one (RFC 6763 section 6.1).
        if (Entries.Count == 0)
            writer.WriteText("");
        foreach (var entry in Entries)
            writer.WriteText(entry);
    }
}

/// <summary>A or AAAA: an address of a host.</summary>
/// <param name="Name">The host.</param>
/// <param name="Ttl">The number of seconds for which the record is valid.</param>
/// <param name="Address">The address, without a scope.</param>
public sealed record AddressRecord(DnsName Name, uint Ttl, IPAddress Address) : DnsRecord(Name, Ttl)
{
    /// <inheritdoc/>
    public override ushort Type => Address.AddressFamily == AddressFamily.InterNetworkV6 ? DnsType.AddressV6 : DnsType.Address;

    internal override void WriteContent(DnsWriter writer) => writer.WriteBytes(Address.GetAddressBytes());
}
