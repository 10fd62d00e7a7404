namespace TspActors.Protocol.Mdns;

/// <summary>A question in a DNS message.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">A constant of <see cref="DnsType"/>, or the number of any other type.</param>
/// <param name="WantsUnicast">Whether the reply may be unicast to the querier.</param>
public sealed record DnsQuestion(DnsName Name, ushort Type, bool WantsUnicast = false)
{
    /// <summary>Returns true if a record answers the question.</summary>
    /// <param name="record">The record.</param>
    public bool Matches(DnsRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return (Type == DnsType.Any || Type == record.Type) && Name.Equals(record.Name);
    }
}
