using System.Net;
using TspActors.Protocol.Mdns;

namespace TspActors.Tracker.Tests.Discovery;

/// <summary>A tracker for the tests of discovery, and one on another machine with the same name.</summary>
internal static class Attic
{
    public static readonly TrackerAnnouncement Mine = new("Attic", DnsName.From("tsp-2222", "local"), 7070)
    {
        Encryption = AnnouncedEncryption.Accept,
        Addresses = [IPAddress.Parse("192.168.1.5")],
    };

    public static readonly TrackerAnnouncement Other = Mine with { HostName = DnsName.From("tsp-1111", "local") };

    public static DnsMessage Query(params IEnumerable<DnsQuestion> questions) => new() { Id = 77, Questions = [.. questions] };
}
