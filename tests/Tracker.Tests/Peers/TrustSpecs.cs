using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Tracker.Tests.Peers;

/// <summary>Checks that nobody can register under the id of a TLS key without that key.</summary>
public sealed class TrustSpecs : TrackerSpec
{
    private readonly PeerKey _key = new();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _key.Dispose();
    }

    [Fact]
    public async Task A_peer_that_registers_over_TLS_is_listed_as_secure_with_the_id_of_its_key()
    {
        var peer = await JoinSecurely();
        await peer.Share(Samples.Complete([Samples.Song(1)]));

        var host = Assert.Single(Assert.Single((await peer.List()).Songs).Hosts);
        Assert.Equal((_key.Peer, true), (new PeerId(host.PeerId.Span), host.Secure));
    }

    [Fact]
    public async Task A_peer_that_registers_in_plain_is_not_listed_as_secure()
    {
        var peer = await Host(1, Samples.Song(1));
        Assert.False(Assert.Single(Assert.Single((await peer.List()).Songs).Hosts).Secure);
    }

    [Fact]
    public async Task The_welcome_names_the_trackers_key_in_plain_and_over_TLS()
    {
        var plain = await Connect();
        Assert.Equal(_tracker.KeyId!.Value.ToArray(), (await plain.Register(PeerClient.Hello(1))).TrackerKeyId.ToByteArray());
        var secure = await ConnectSecurely();
        Assert.Equal(_tracker.KeyId!.Value.ToArray(), (await secure.Register(_key.Hello())).TrackerKeyId.ToByteArray());
    }

    [Fact]
    public async Task A_hello_over_TLS_with_an_id_other_than_the_keys_is_unauthenticated()
    {
        var liar = await ConnectSecurely();
        await liar.Send(Operation.Init, 0, PeerClient.Hello(1));
        await liar.ExpectError(ErrorCode.Unauthenticated);
        await liar.ExpectEnd();
    }

    [Fact]
    public async Task A_client_without_a_certificate_registers_as_in_plain()
    {
        var peer = await Connect();
        await peer.StartTls();
        await peer.Register(PeerClient.Hello(1));
        await peer.Share(Samples.Complete([Samples.Song(1)]));
        Assert.False(Assert.Single(Assert.Single((await peer.List()).Songs).Hosts).Secure);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hello_without_the_key_is_forbidden_while_its_owner_is_connected(bool overTls)
    {
        var owner = await JoinSecurely();
        var thief = await Connect();
        if (overTls)
            await thief.StartTls();
        await thief.Send(Operation.Init, 7, _key.Hello(port: 6666));

        Assert.False((await thief.ExpectError(ErrorCode.Forbidden, 7)).Retryable);

        // The owner did not even have to answer a PING: the PONG is the first frame that it receives.
        await owner.Settle();
        // The thief's connection stays open, and may register under another id.
        await thief.Register(PeerClient.Hello(2));
    }

    [Fact]
    public async Task A_hello_without_the_key_is_forbidden_after_its_owner_has_left()
    {
        var watcher = await Watch();
        var owner = await JoinSecurely();
        await owner.Share(Samples.Complete([Samples.Song(1)]));
        await owner.Send(Operation.Quit);
        await owner.ExpectEnd();
        await watcher.ExpectRemoved(1);

        // More than once, because the tracker may still have been handling the end of the connection.
        var thief = await Connect();
        for (var attempt = 0; attempt < 20; attempt++)
        {
            await thief.Send(Operation.Init, 0, _key.Hello());
            await thief.ExpectError(ErrorCode.Forbidden);
        }
    }

    [Fact]
    public async Task A_secret_from_a_welcome_is_no_substitute_for_the_key()
    {
        var owner = await ConnectSecurely();
        var secret = (await owner.Register(_key.Hello())).Resume;
        var thief = await Connect();
        var hello = _key.Hello();
        hello.Hello.Resume = secret;
        await thief.Send(Operation.Init, 0, hello);
        await thief.ExpectError(ErrorCode.Forbidden);
        await owner.Settle();
    }

    [Fact]
    public async Task The_owner_of_the_key_replaces_a_peer_that_took_its_id_in_plain()
    {
        var thief = await Connect();
        await thief.Register(_key.Hello(port: 6666));
        await JoinSecurely();
        await thief.ExpectError(ErrorCode.Replaced);
        await thief.ExpectEnd();
    }

    [Fact]
    public async Task A_second_peer_with_the_same_key_is_refused_while_the_first_one_answers()
    {
        var first = await JoinSecurely();
        var copy = await ConnectSecurely();
        await copy.Send(Operation.Init, 7, _key.Hello());
        var ping = await first.Expect(Operation.Ping);
        await first.Send(Operation.Pong, ping.SongId);

        Assert.True((await copy.ExpectError(ErrorCode.Forbidden, 7)).Retryable);
        await first.Settle();
    }

    [Fact]
    public async Task A_connection_that_hosts_nothing_and_has_the_key_of_a_registered_peer_is_welcome_beside_it()
    {
        var peer = await JoinSecurely();
        await peer.Share(Samples.Complete([Samples.Song(1)]));
        var visitor = await ConnectSecurely();
        await visitor.Send(Operation.Init, 0, _key.Hello(port: 0));

        Assert.Equal(Init.StepOneofCase.Welcome, (await visitor.Expect<Init>(Operation.Init)).StepCase);
        Assert.Single((await visitor.List()).Songs);
        await visitor.Send(Operation.Quit);
        await visitor.ExpectEnd();
        await peer.Settle();
        Assert.Single((await peer.List()).Songs);
    }

    [Fact]
    public async Task A_visitor_that_has_proved_the_access_key_stays_connected_although_it_tries_to_share()
    {
        var key = new AccessKey("open sesame, please");
        await StartTracker(Patient with { AccessKey = key });
        var peer = await Prove(key, port: 7071);
        await peer.Expect(Operation.List);
        var visitor = await Prove(key, port: 0);

        await visitor.Send(Operation.Share, 7, Samples.Complete([Samples.Song(1)]));

        await visitor.ExpectError(ErrorCode.NotRegistered, 7);
        Assert.Empty((await visitor.List()).Songs);
    }

    [Fact]
    public async Task A_peer_that_shares_replaces_a_single_command_with_its_key_that_was_there_first()
    {
        var visitor = await ConnectSecurely();
        await visitor.Register(_key.Hello(port: 0));
        await JoinSecurely();
        await visitor.ExpectError(ErrorCode.Replaced);
    }

    private async Task<RawTspClient> ConnectSecurely()
    {
        var client = await Connect();
        await client.StartTls(_key.Context);
        return client;
    }

    private async Task<RawTspClient> Prove(AccessKey key, uint port)
    {
        var client = await ConnectSecurely();
        var nonce = AccessKey.NewNonce();
        await client.Send(Operation.Init, 0, _key.Hello(port, nonce));
        var challenge = (await client.Expect<Init>(Operation.Init)).Challenge.Nonce.ToByteArray();
        var proof = key.PeerProof(challenge, nonce, _key.Peer, _tracker.KeyId);
        await client.Send(Operation.Init, 0, new Init { Proof = new Proof { Hmac = ByteString.CopyFrom(proof) } });
        Assert.Equal(Init.StepOneofCase.Welcome, (await client.Expect<Init>(Operation.Init)).StepCase);
        return client;
    }

    private async Task<RawTspClient> JoinSecurely()
    {
        var client = await ConnectSecurely();
        await client.Register(_key.Hello());
        return client;
    }
}
