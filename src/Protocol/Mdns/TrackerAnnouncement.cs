using System.Net;
using System.Text;

namespace TspActors.Protocol.Mdns;

/// <summary>A tracker's description of itself on its local network. Nobody vouches for it, so a peer checks the key later.</summary>
/// <param name="Name">The tracker's name, which is also the instance name: 1 to 63 bytes.</param>
/// <param name="HostName">The DNS name of the tracker's machine.</param>
/// <param name="Port">The tracker's port.</param>
public sealed record TrackerAnnouncement(string Name, DnsName HostName, int Port)
{
    /// <summary>The id of the tracker's key; null = the tracker does not accept TLS, or did not say.</summary>
    public KeyId? KeyId { get; init; }

    /// <summary>The kinds of connections that the tracker accepts.</summary>
    public AnnouncedEncryption Encryption { get; init; }

    /// <summary>Whether a peer needs an access key or an invitation.</summary>
    public bool NeedsKey { get; init; }

    /// <summary>The tracker's addresses on the network where it is announced.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>The name of the instance.</summary>
    public DnsName InstanceName => MdnsNames.Service.Prepend(Name);

    /// <summary>The PTR record: points from the service to the instance.</summary>
    public PointerRecord InstancePointer => new(MdnsNames.Service, MdnsNames.OtherTtl, InstanceName);

    /// <summary>The SRV record: the name of the machine, and the port.</summary>
    public ServiceRecord Service => new(InstanceName, MdnsNames.HostTtl, HostName, Port) { IsUnique = true };

    /// <summary>The TXT record: the key id, the encryption, and whether a peer needs a key.</summary>
    public TextRecord Text => new(InstanceName, MdnsNames.OtherTtl, TrackerText.Write(this)) { IsUnique = true };

    /// <summary>All of the tracker's records, with the PTR record first.</summary>
    public IReadOnlyList<DnsRecord> Records =>
    [
        InstancePointer,
        Service,
        Text,
        .. Addresses.Select(address => new AddressRecord(HostName, MdnsNames.HostTtl, address) { IsUnique = true }),
    ];

    /// <summary>Returns the name without invisible characters, truncated to the maximum length of an instance name.</summary>
    /// <param name="name">The name of a tracker.</param>
    /// <param name="suffix">The text after the name, such as " (2)".</param>
    public static string NameFor(string name, string suffix = "")
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(suffix);
        var most = DnsName.MaxLabelBytes - Encoding.UTF8.GetByteCount(suffix);
        var cut = new StringBuilder();
        var bytes = 0;
        foreach (var rune in VisibleText.Clean(name).Trim().EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > most)
                break;
            cut.Append(rune.ToString());
        }

        var text = cut.ToString().TrimEnd();
        return (text.Length == 0 ? "tracker" : text) + suffix;
    }

    /// <summary>Returns the trackers in a reply. Those without a host and port, and those that say goodbye, are left out.</summary>
    /// <param name="reply">A reply.</param>
    public static IReadOnlyList<TrackerAnnouncement> ReadAll(DnsMessage reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        DnsRecord[] records = [.. reply.Answers.Concat(reply.Additionals).Where(record => record.Ttl > 0)];
        var found = new List<TrackerAnnouncement>();
        foreach (var service in records.OfType<ServiceRecord>())
        {
            if (service.Port == 0 || service.Name.Labels.Count == 0 || !service.Name.Parent.Equals(MdnsNames.Service))
                continue;
            var name = service.Name;
            var tracker = new TrackerAnnouncement(name.Labels[0], service.Host, service.Port)
            {
                Addresses = [.. records.OfType<AddressRecord>().Where(record => record.Name.Equals(service.Host))
                    .Select(record => record.Address).Distinct()],
            };
            var text = records.OfType<TextRecord>().FirstOrDefault(record => record.Name.Equals(name));
            found.Add(text is null ? tracker : TrackerText.Read(text.Entries, tracker));
        }

        return found;
    }
}
