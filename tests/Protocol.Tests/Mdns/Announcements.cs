using System.Net;
using TspActors.Protocol.Mdns;

namespace TspActors.Protocol.Tests.Mdns;

/// <summary>Trackers for the tests of multicast DNS.</summary>
internal static class Announcements
{
    public static readonly TrackerAnnouncement Attic = new("Attic", DnsName.From("tsp-0011", "local"), 7070)
    {
        KeyId = new KeyId(Enumerable.Range(0, KeyId.Size).Select(number => (byte)number).ToArray()),
        Encryption = AnnouncedEncryption.Accept,
        NeedsKey = true,
        Addresses = [IPAddress.Parse("192.168.1.5"), IPAddress.Parse("fe80::1")],
    };

    public static DnsMessage Reply(params IEnumerable<DnsRecord> records) => new() { IsReply = true, Answers = [.. records] };

    public static DnsMessage Read(byte[] bytes)
    {
        Assert.True(DnsMessage.TryRead(bytes, out var message));
        return message!;
    }
}
