using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Peers;

public sealed class RegistrationSpecs : TrackerSpec
{
    protected override TrackerSettings Settings => Patient with { Catalog = new CatalogLimits { SongsPerPeer = 5 } };

    [Fact]
    public async Task A_hello_is_answered_with_a_welcome_and_a_request_for_songs()
    {
        var client = await Connect();
        var welcome = await client.Register(PeerClient.Hello(1));
        Assert.Equal("specs", welcome.TrackerName);
        Assert.Equal("127.0.0.1", welcome.ObservedAddress);
        Assert.Equal(60_000u, welcome.HeartbeatIntervalMs);
        Assert.Equal(1ul, welcome.CatalogVersion);
        Assert.True(welcome.Hmac.IsEmpty);
    }

    [Fact]
    public async Task Each_frame_of_a_share_is_answered_with_ids_and_the_songs_are_listed_with_their_host()
    {
        var client = await Join(1);
        Assert.Equal([1, 2], (await client.Share(new Share { Complete = true, Added = { Samples.Songs(2) } })).Select(song => song.Id));
        var rest = await client.Share(new Share { Complete = true, Last = true, Added = { Samples.Songs(2, from: 3) } });
        Assert.Equal([3, 4], rest.Select(song => song.Id));
        Assert.Equal([Samples.HashBytes(3), Samples.HashBytes(4)], rest.Select(song => song.ContentHash));

        var page = await client.List();
        Assert.Equal([1, 2, 3, 4], page.Songs.Select(song => song.Id));
        Assert.Equal(4u, page.Total);
        var host = Assert.Single(page.Songs[0].Hosts);
        Assert.Equal((Samples.Peer(1), "peer 1", "127.0.0.1", 7071u), (new PeerId(host.PeerId.Span), host.Name, host.Address, host.Port));
    }

    [Fact]
    public async Task Later_shares_change_the_hosted_songs()
    {
        var client = await Host(1, Samples.Songs(3));
        await client.Share(Samples.Change([Samples.Song(4)], 2));
        Assert.Equal([1, 3, 4], (await client.List()).Songs.Select(song => song.Id));
    }

    [Fact]
    public async Task Invalid_songs_are_refused_with_a_reason_and_the_others_are_accepted()
    {
        var client = await Join(1);
        var empty = Samples.Song(3);
        empty.Format.PayloadBytes = 0;
        var assigned = await client.Share(
            Samples.Complete(Samples.Song(1, ""), Samples.Song(2, new string('x', 1025)), empty, Samples.Song(4)));
        Assert.Equal([0, 0, 0, 1], assigned.Select(song => song.Id));
        Assert.All(assigned.Take(3), song => Assert.NotEmpty(song.Refusal));
        Assert.Equal([1], (await client.List()).Songs.Select(song => song.Id));
    }

    [Fact]
    public async Task Songs_over_the_limit_are_refused()
    {
        var client = await Join(1);
        Assert.Equal([1, 2, 3, 4, 5, 0, 0], (await client.Share(Samples.Complete(Samples.Songs(7)))).Select(song => song.Id));
    }

    [Fact]
    public async Task A_peer_without_a_listen_port_may_send_requests_but_hosts_nothing()
    {
        var client = await Connect();
        await client.Register(PeerClient.Hello(1, port: 0));
        Assert.Equal(0, Assert.Single(await client.Share(Samples.Complete(Samples.Songs(1)))).Id);
        Assert.Empty((await client.List()).Songs);
    }

    [Fact]
    public async Task A_share_before_INIT_is_refused_with_NOT_REGISTERED_and_the_connection_stays_open()
    {
        var client = await Connect();
        await client.Send(Operation.Share, 0, Samples.Complete(Samples.Songs(1)));
        await client.ExpectError(ErrorCode.NotRegistered);
        await client.Register(PeerClient.Hello(1));
    }

    [Fact]
    public async Task Requests_before_INIT_are_answered_before_the_welcome()
    {
        var client = await Connect();
        await client.Send((byte[])[
            .. FrameEncoder.Encode(Operation.List), .. FrameEncoder.Encode(Operation.Ping, 5),
            .. FrameEncoder.Encode(Operation.Init, 0, PeerClient.Hello(1)),
            .. FrameEncoder.Encode(Operation.Share, 0, Samples.Complete(Samples.Songs(2))), .. FrameEncoder.Encode(Operation.List)]);
        Assert.Empty((await client.Expect<SongPage>(Operation.List)).Songs);
        Assert.Equal(5, (await client.Expect(Operation.Pong)).SongId);
        await client.ExpectWelcome();
        Assert.Equal(2, (await client.Expect<Assign>(Operation.Assign)).Songs.Count);
        Assert.Equal(2, (await client.Expect<SongPage>(Operation.List)).Songs.Count);
    }

    [Fact]
    public async Task A_different_protocol_version_is_refused_and_the_peer_may_try_the_right_one()
    {
        var client = await Connect();
        var hello = PeerClient.Hello(1);
        hello.Hello.ProtocolVersion = 2;
        await client.Send(Operation.Init, 0, hello);
        await client.ExpectError(ErrorCode.Unsupported);
        await client.Register(PeerClient.Hello(1));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public async Task A_name_must_have_1_to_64_characters_however_many_bytes_they_take(int length, bool accepted)
    {
        var client = await Connect();
        var hello = PeerClient.Hello(1);
        hello.Hello.Name = string.Concat(Enumerable.Repeat("🎵", length));
        await client.Send(Operation.Init, 0, hello);
        if (accepted)
            await client.ExpectWelcome();
        else
            await client.ExpectError(ErrorCode.BadRequest);
    }

    [Fact]
    public async Task A_port_above_65535_is_a_bad_request()
    {
        var client = await Connect();
        await client.Send(Operation.Init, 0, PeerClient.Hello(1, port: 65_536));
        await client.ExpectError(ErrorCode.BadRequest);
    }

    [Fact]
    public async Task Control_characters_in_a_name_are_replaced()
    {
        var client = await Connect();
        var hello = PeerClient.Hello(1);
        hello.Hello.Name = "bell\u0007\u001b[2J";
        await client.Register(hello);
        await client.Share(Samples.Complete(Samples.Songs(1)));
        Assert.Equal("bell??[2J", (await client.List()).Songs[0].Hosts[0].Name);
    }

    [Fact]
    public async Task Invisible_characters_in_names_and_tags_are_removed()
    {
        var client = await Connect();
        var hello = PeerClient.Hello(1);
        hello.Hello.Name = "an\u200Bna\u202E\u2066\uFEFF";
        await client.Register(hello);
        var song = Samples.Song(1, "Ti\u200Dtle\u202E", "\u2067Anna\u200F", "B\u0085l\u0007ue\u00AD");
        song.Tags.AlbumArtist = "\u3164Various\uFE0F";
        song.Tags.Genre = "Ja\u2060zz\U000E0041";
        await client.Share(Samples.Complete(song));

        var listed = (await client.List()).Songs[0];
        Assert.Equal("anna", listed.Hosts[0].Name);
        Assert.Equal(
            ("Title", "Anna", "B lue", "Various", "Jazz"),
            (listed.Tags.Title, listed.Tags.Artist, listed.Tags.Album, listed.Tags.AlbumArtist, listed.Tags.Genre));
    }

    [Fact]
    public async Task An_invisible_name_is_a_bad_request()
    {
        var client = await Connect();
        var hello = PeerClient.Hello(1);
        hello.Hello.Name = "\u200B\u202E";
        await client.Send(Operation.Init, 0, hello);
        await client.ExpectError(ErrorCode.BadRequest);
    }

    [Fact]
    public async Task A_second_hello_or_an_unexpected_proof_is_a_bad_request_and_the_connection_stays_open()
    {
        var client = await Host(1, Samples.Songs(1));
        await client.Send(Operation.Init, 0, PeerClient.Hello(1));
        await client.ExpectError(ErrorCode.BadRequest);
        await client.Send(Operation.Init, 0, new Init { Proof = new Proof { Hmac = ByteString.CopyFrom(new byte[32]) } });
        await client.ExpectError(ErrorCode.BadRequest);
        Assert.Single((await client.List()).Songs);
    }

    [Fact]
    public async Task An_advertised_address_is_used_only_if_the_settings_allow_it()
    {
        var hello = PeerClient.Hello(1);
        hello.Hello.AdvertisedAddress = "music.example.org";
        var refused = await Connect();
        await refused.Register(hello);
        await refused.Share(Samples.Complete(Samples.Songs(1)));
        Assert.Equal("127.0.0.1", (await refused.List()).Songs[0].Hosts[0].Address);

        await StartTracker(Settings with { AllowAdvertisedAddress = true });
        var allowed = await Connect();
        await allowed.Register(hello);
        await allowed.Share(Samples.Complete(Samples.Songs(1)));
        Assert.Equal("music.example.org", (await allowed.List()).Songs[0].Hosts[0].Address);
    }

    [Fact]
    public async Task An_advertised_address_that_is_too_long_for_DNS_is_not_used()
    {
        await StartTracker(Settings with { AllowAdvertisedAddress = true });
        Assert.Equal("127.0.0.1", await ListedAs(1, Address(254)));
        Assert.Equal(Address(253), await ListedAs(2, Address(253)));

        static string Address(int length) => string.Concat(Enumerable.Repeat("a.", length))[..(length - 1)] + "b";

        async Task<string> ListedAs(int peer, string address)
        {
            var hello = PeerClient.Hello(peer);
            hello.Hello.AdvertisedAddress = address;
            var client = await Connect();
            await client.Register(hello);
            await client.Share(Samples.Complete(Samples.Song(peer)));
            return (await client.List()).Songs.Single(song => song.ContentHash == Samples.HashBytes(peer)).Hosts[0].Address;
        }
    }

    [Fact]
    public async Task Peers_offer_their_ids_to_a_restarted_tracker_and_keep_them()
    {
        var first = await Host(1, Samples.Songs(2));
        var second = await Join(2);
        Assert.Equal([3, 4], (await second.Share(Samples.Complete(Samples.Songs(2, from: 3)))).Select(song => song.Id));

        await StartTracker(Settings);
        var again = await Join(2);
        var assigned = await again.Share(Samples.Complete(Samples.Song(3, lastId: 3), Samples.Song(4, lastId: 4), Samples.Song(5)));
        Assert.Equal([3, 4, 5], assigned.Select(song => song.Id));
        Assert.Equal(2, Assert.Single(await (await Join(1)).Share(Samples.Complete(Samples.Song(2, lastId: 2)))).Id);
        // A song does not get its old id back if another song has it now.
        Assert.Equal(6, Assert.Single(await (await Join(6)).Share(Samples.Complete(Samples.Song(9, lastId: 5)))).Id);
    }
}
