using System.Net;
using System.Text;
using TspActors.Shared;
using TspActors.Peer.Commands;
using TspActors.Peer.Reaching.Discovery;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Protocol.Mdns;
using TspActors.Transport.Multicast;

namespace TspActors.Peer.Tests.Reaching.Discovery;

/// <summary>Checks how a peer interprets the replies of trackers, and which trackers it may join.</summary>
public sealed class TrackerRepliesSpecs : IDisposable
{
    private const ushort Id = 77;

    private static readonly KeyId Key = new(Enumerable.Range(0, KeyId.Size).Select(number => (byte)number).ToArray());
    private static readonly TrackerAnnouncement Attic = new("Attic", DnsName.From("tsp-1111", "local"), 7070)
    {
        KeyId = Key,
        Encryption = AnnouncedEncryption.Accept,
        NeedsKey = true,
        Addresses = [IPAddress.Parse("fe80::5"), IPAddress.Parse("fd00::5"), IPAddress.Parse("192.168.1.5")],
    };

    private readonly TempFolder _folder = new();
    private readonly TrackerReplies _replies = new(Id,
    [
        new MulticastInterface("eth0", 3, [IPAddress.Parse("192.168.1.7"), IPAddress.Parse("169.254.0.7")]),
        new MulticastInterface("eth1", 4, [IPAddress.Parse("fe80::7")]),
    ]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_tracker_has_its_best_address_first_and_link_local_ones_keep_their_scope()
    {
        Add(Attic);

        var found = Assert.Single(_replies.Found);
        Assert.Equal(["192.168.1.5", "fd00::5", "fe80::5%3"], found.Addresses.Select(address => $"{address}"));
        Assert.Equal(("Attic", 7070, (KeyId?)Key, true), (found.Name, found.Port, found.KeyId, found.NeedsKey));
        Assert.Equal($"tsps://192.168.1.5:7070#{Key}", found.AddressText);
        Assert.Equal("Attic at 192.168.1.5 (encrypted, needs a key)", found.Description);
    }

    [Fact]
    public void The_address_of_a_tracker_has_the_form_that_the_option_accepts()
    {
        Add(Attic with { Addresses = [IPAddress.Parse("fe80::5")] });
        Add(Attic with { Name = "Barn", KeyId = null, Encryption = AnnouncedEncryption.Off });
        Add(Attic with { Name = "Cellar", KeyId = null });

        Assert.Equal(
            [$"tsps://[fe80::5%3]:7070#{Key}", "tsp://192.168.1.5:7070", "192.168.1.5:7070"],
            _replies.Found.Select(tracker => tracker.AddressText));
        Assert.All(_replies.Found, tracker =>
        {
            Assert.True(TrackerAddress.TryParse(tracker.AddressText, null, out var address));
            Assert.Equal((tracker.TrackerAddress, tracker.TrackerAddress.Security), (address, address!.Security));
        });
    }

    [Fact]
    public void Two_trackers_with_the_same_name_are_both_found_and_a_repeated_reply_is_ignored()
    {
        Add(Attic);
        Add(Attic with { HostName = DnsName.From("tsp-2222", "local"), Addresses = [IPAddress.Parse("192.168.1.6")] });
        Add(Attic with { Addresses = [IPAddress.Parse("10.0.0.5")] });

        Assert.Equal(["192.168.1.5", "192.168.1.6"], _replies.Found.Select(tracker => $"{tracker.Address}"));
        Assert.Contains(IPAddress.Parse("10.0.0.5"), _replies.Found[0].Addresses);
    }

    [Fact]
    public void A_later_reply_does_not_replace_the_key()
    {
        Add(Attic);
        Add(Attic with { KeyId = new KeyId(new byte[KeyId.Size]), Addresses = [IPAddress.Parse("10.0.0.66")] });

        var found = Assert.Single(_replies.Found);
        Assert.Equal(Key, found.KeyId);
        Assert.DoesNotContain(IPAddress.Parse("10.0.0.66"), found.Addresses);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("224.0.0.251")]
    [InlineData("255.255.255.255")]
    [InlineData("ff02::fb")]
    public void An_address_of_this_machine_or_of_a_group_is_ignored(string address)
    {
        Add(Attic with { Addresses = [IPAddress.Parse(address)] });

        Assert.Empty(_replies.Found);
    }

    [Fact]
    public void A_tracker_on_this_machine_may_name_a_loopback_address()
    {
        Add(Attic with { Addresses = [IPAddress.Loopback] }, sender: "127.0.0.1");
        Add(Attic with { Name = "Barn", Addresses = [] }, sender: "192.168.1.9");
        Add(Attic with { Name = "Cellar", Addresses = [IPAddress.Loopback] }, sender: "192.168.1.7");

        Assert.Equal(["127.0.0.1", "192.168.1.9", "127.0.0.1"], _replies.Found.Select(tracker => $"{tracker.Address}"));
    }

    [Theory]
    [InlineData("fe80::7")]
    [InlineData("169.254.0.7")]
    public void A_link_local_address_of_this_machine_is_its_own_only_on_its_own_network(string address)
    {
        var home = address.StartsWith('f') ? 4 : 3;
        Add(Attic with { Addresses = [IPAddress.Loopback] }, sender: address, network: 7 - home);
        Assert.DoesNotContain(_replies.Found, tracker => tracker.Addresses.Any(IPAddress.IsLoopback));

        Add(Attic with { Name = "Barn", Addresses = [IPAddress.Loopback] }, sender: address, network: home);
        Assert.Contains(_replies.Found, tracker => tracker.Name == "Barn" && tracker.Addresses.Any(IPAddress.IsLoopback));
    }

    [Fact]
    public void Replies_to_others_queries_and_malformed_datagrams_are_ignored()
    {
        var reply = new DnsMessage { Id = Id + 1, IsReply = true, Answers = Attic.Records };
        Add(reply.Encode());
        Add((reply with { Id = Id, IsReply = false }).Encode());
        Add([]);
        Add((reply with { Id = Id }).Encode()[..^1]);
        Add(new byte[MulticastSocket.MaxDatagram]);
        Assert.Empty(_replies.Found);

        Add((reply with { Id = 0 }).Encode());
        Assert.Single(_replies.Found);
    }

    [Fact]
    public void A_flood_of_names_is_bounded()
    {
        for (var number = 0; number < TrackerReplies.Most + 10; number++)
            Add(Attic with { Name = $"Attic {number}" });

        Assert.Equal(TrackerReplies.Most, _replies.Found.Count);
    }

    [Fact]
    public async Task The_JSON_has_the_fields_that_other_programs_rely_on()
    {
        Add(Attic);
        using var output = new MemoryStream();

        await DiscoverCommand.WriteJsonAsync(output, _replies.Found);
        OutputSchema.Describes("trackers", Encoding.UTF8.GetString(output.ToArray()));

        Assert.Equal(
            $$"""
            [
              {
                "name": "Attic",
                "address": "192.168.1.5",
                "port": 7070,
                "keyId": "{{Key}}",
                "encryption": "accept",
                "needsKey": true,
                "trackerAddress": "tsps://192.168.1.5:7070#{{Key}}"
              }
            ]

            """.ReplaceLineEndings("\n"),
            Encoding.UTF8.GetString(output.ToArray()).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void An_announcement_never_replaces_a_key_that_the_peer_remembers()
    {
        Add(Attic);
        Add(Attic with { Name = "Barn", KeyId = null, Encryption = AnnouncedEncryption.Off });
        var (attic, barn) = (_replies.Found[0], _replies.Found[1]);
        var keys = new TrackerKeys(_folder.In("trackers"), _ => { });
        var rules = new DiscoveryRules(PeerEncryption.Prefer, keys);
        Assert.Null(rules.FindFault(attic));
        Assert.Null(rules.FindFault(barn));

        keys.Remember(attic.TrackerAddress, new KeyId(new byte[KeyId.Size]));

        Assert.Contains("a different key", rules.FindFault(attic), StringComparison.Ordinal);
        Assert.Contains("a different key", rules.FindFault(barn), StringComparison.Ordinal);
    }

    [Fact]
    public void An_announcement_with_the_remembered_key_does_not_make_the_peer_speak_plain()
    {
        Add(Attic with { Encryption = AnnouncedEncryption.Off });
        var attic = Assert.Single(_replies.Found);
        var keys = new TrackerKeys(_folder.In("trackers"), _ => { });
        keys.Remember(attic.TrackerAddress, Key);

        Assert.Contains("TLS", new DiscoveryRules(PeerEncryption.Prefer, keys).FindFault(attic), StringComparison.Ordinal);
    }

    [Fact]
    public void Trackers_that_the_encryption_setting_rules_out_are_not_joined()
    {
        Add(Attic with { Encryption = AnnouncedEncryption.Require });
        Add(Attic with { Name = "Barn", KeyId = null, Encryption = AnnouncedEncryption.Off });
        var keys = new TrackerKeys(null, _ => { });
        var (off, require) = (new DiscoveryRules(PeerEncryption.Off, keys), new DiscoveryRules(PeerEncryption.Require, keys));
        var (attic, barn) = (_replies.Found[0], _replies.Found[1]);

        Assert.NotNull(off.FindFault(attic));
        Assert.Null(off.FindFault(barn));
        Assert.Null(require.FindFault(attic));
        Assert.NotNull(require.FindFault(barn));
        Assert.Equal(Key, require.AddressOf(attic).Security.Pin);
        Assert.Equal(TrackerSecurityKind.Automatic, off.AddressOf(barn).Security.Kind);
    }

    private void Add(TrackerAnnouncement tracker, string sender = "192.168.1.5", int network = 3) =>
        Add(new DnsMessage { Id = Id, IsReply = true, Answers = tracker.Records }.Encode(), sender, network);

    private void Add(byte[] bytes, string sender = "192.168.1.5", int network = 3) =>
        _replies.Add(new MulticastDatagram(bytes, new IPEndPoint(IPAddress.Parse(sender), 5353), network, false));
}
