using System.Net;
using System.Security.Cryptography;
using System.Text;
using FsCheck.Xunit;
using TspActors.Protocol.Mdns;

namespace TspActors.Protocol.Tests.Mdns;

/// <summary>Checks what a tracker announces on its local network, and what a peer reads from the announcement.</summary>
public sealed class TrackerAnnouncementSpecs
{
    private static readonly TrackerAnnouncement Attic = Announcements.Attic;

    [Fact]
    public void The_texts_of_a_tracker_are_those_that_other_programs_rely_on()
    {
        Assert.Equal(
            ["txtvers=1", "v=1", "id=000102030405060708090a0b0c0d0e0f", "enc=accept", "key=1"], Attic.Text.Entries);
        Assert.Equal(
            ["txtvers=1", "v=1", "enc=off", "key=0"],
            (Attic with { KeyId = null, Encryption = AnnouncedEncryption.Off, NeedsKey = false }).Text.Entries);
        Assert.Equal("Attic._tsp-tracker._tcp.local", Attic.InstanceName.ToString());
    }

    [Property]
    public void A_peer_reads_what_the_tracker_wrote(string? name, ushort port, byte[] key, bool needsKey, bool isRequired)
    {
        var written = Attic with
        {
            Name = TrackerAnnouncement.NameFor(name ?? ""),
            Port = Math.Max((ushort)1, port),
            KeyId = new KeyId(SHA256.HashData(key).AsSpan()[..KeyId.Size]),
            Encryption = isRequired ? AnnouncedEncryption.Require : AnnouncedEncryption.Accept,
            NeedsKey = needsKey,
        };

        var read = Assert.Single(Read(Announcements.Reply(written.Records)));

        Assert.Equal(written.Addresses, read.Addresses);
        Assert.Equal(written with { Addresses = read.Addresses }, read);
    }

    [Property]
    public void A_name_always_fits_and_is_never_empty(string? name)
    {
        var text = TrackerAnnouncement.NameFor(name ?? "", " (2)");

        Assert.InRange(Encoding.UTF8.GetByteCount(text), 5, DnsName.MaxLabelBytes);
        Assert.EndsWith(" (2)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_name_is_cut_between_characters() =>
        Assert.Equal(new string('é', 31), TrackerAnnouncement.NameFor(new string('é', 40)));

    [Fact]
    public void The_records_of_two_trackers_in_one_message_are_told_apart()
    {
        var cellar = Attic with { Name = "Cellar", HostName = DnsName.From("other", "local"), Addresses = [IPAddress.Parse("10.0.0.1")] };

        var read = Read(Announcements.Reply([.. Attic.Records, .. cellar.Records]));

        Assert.Equal(["Attic", "Cellar"], read.Select(tracker => tracker.Name));
        Assert.Equal(cellar.Addresses, read[1].Addresses);
    }

    [Fact]
    public void Records_that_are_no_longer_valid_and_other_services_are_ignored()
    {
        var printer = new ServiceRecord(DnsName.From("Printer", "_ipp", "_tcp", "local"), 120, Attic.HostName, 631);

        Assert.Empty(Read(Announcements.Reply(Attic.Records.Select(record => record with { Ttl = 0 }))));
        Assert.Empty(Read(Announcements.Reply(printer)));
        Assert.Empty(Read(Announcements.Reply(Attic.InstancePointer, Attic.Text)));
    }

    [Fact]
    public void Missing_or_wrong_texts_count_as_unknown()
    {
        var text = new TextRecord(Attic.InstanceName, 1, ["id=12", "enc=maybe", "=", "key"]);
        var read = Assert.Single(Read(Announcements.Reply(Attic.Service, text)));

        Assert.Null(read.KeyId);
        Assert.Equal((AnnouncedEncryption.Unknown, false), (read.Encryption, read.NeedsKey));
        Assert.Equal(AnnouncedEncryption.Unknown, Assert.Single(Read(Announcements.Reply(Attic.Service))).Encryption);
    }

    private static IReadOnlyList<TrackerAnnouncement> Read(DnsMessage message) =>
        TrackerAnnouncement.ReadAll(Announcements.Read(message.Encode()));
}
