using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Transport.Limits;

namespace TspActors.Tracker.Tests.Peers;

public sealed class AccessKeySpecs : TrackerSpec
{
    private static readonly AccessKey Key = new("open sesame, please");

    protected override TrackerSettings Settings => Patient with { AccessKey = Key };

    [Fact]
    public async Task A_peer_that_proves_its_key_receives_a_welcome_with_the_trackers_proof()
    {
        var client = await Connect();
        var nonce = AccessKey.NewNonce();
        var challenge = await Challenge(client, nonce);
        await Prove(client, Key.PeerProof(challenge, nonce, Samples.Peer(1)));
        var welcome = await client.ExpectWelcome();
        Assert.Equal(Key.TrackerProof(nonce, challenge, Samples.Peer(1)), welcome.Hmac.ToByteArray());
        Assert.Single(await client.Share(Samples.Complete(Samples.Song(1))));
        Assert.Single((await client.List()).Songs);
    }

    [Fact]
    public async Task Two_connections_receive_different_challenges()
    {
        var nonce = AccessKey.NewNonce();
        Assert.NotEqual(await Challenge(await Connect(), nonce), await Challenge(await Connect(), nonce));
    }

    [Fact]
    public async Task A_wrong_key_is_refused_and_the_connection_is_closed()
    {
        var client = await Connect();
        var nonce = AccessKey.NewNonce();
        var challenge = await Challenge(client, nonce);
        await Prove(client, new AccessKey("open barley").PeerProof(challenge, nonce, Samples.Peer(1)));
        await client.ExpectError(ErrorCode.Unauthenticated);
        await client.ExpectEnd();
    }

    [Fact]
    public async Task A_stranger_that_guesses_must_wait_but_a_peer_that_has_proved_that_it_knows_the_key_need_not()
    {
        var nonce = AccessKey.NewNonce();
        var friend = await Connect();
        await Prove(friend, Key.PeerProof(await Challenge(friend, nonce), nonce, Samples.Peer(1)));
        await friend.ExpectWelcome();
        // Challenges that were sent earlier do not bypass the wait.
        var open = new List<RawTspClient>();
        for (var guess = 0; guess < ProofAttempts.FreeFailures + 1; guess++)
            open.Add(await Connect());
        foreach (var client in open)
            await Challenge(client, nonce, peer: 2);
        foreach (var client in open.SkipLast(1))
        {
            await Prove(client, new byte[AccessKey.ProofSize]);
            await client.ExpectError(ErrorCode.Unauthenticated);
        }

        await Prove(open[^1], new byte[AccessKey.ProofSize]);
        Assert.InRange((await open[^1].ExpectError(ErrorCode.RateLimited)).RetryAfterMs, 1u, 10_000u);
        var stranger = await Connect();
        await stranger.Send(Operation.Init, 7, PeerClient.Hello(3, nonce: nonce));
        Assert.InRange((await stranger.ExpectError(ErrorCode.RateLimited, 7)).RetryAfterMs, 1u, 10_000u);

        var again = await Connect();
        await Prove(again, Key.PeerProof(await Challenge(again, nonce), nonce, Samples.Peer(1)));
        await again.ExpectWelcome();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stranger_that_guesses_under_the_id_of_a_peer_with_a_key_does_not_lock_it_out(bool overTls)
    {
        using var key = new PeerKey();
        var nonce = AccessKey.NewNonce();
        await JoinWithKey();
        for (var guess = 0; guess < ProofAttempts.FreeFailures; guess++)
        {
            var stranger = await ConnectStranger();
            await Challenge(stranger, key.Hello(nonce: nonce));
            await Prove(stranger, new byte[AccessKey.ProofSize]);
            await stranger.ExpectError(ErrorCode.Unauthenticated);
        }

        var last = await ConnectStranger();
        await last.Send(Operation.Init, 0, key.Hello(nonce: nonce));
        await last.ExpectError(ErrorCode.RateLimited);
        await JoinWithKey();

        async Task JoinWithKey()
        {
            var friend = await Connect();
            await friend.StartTls(key.Context);
            await Prove(friend, Key.PeerProof(await Challenge(friend, key.Hello(nonce: nonce)), nonce, key.Peer, _tracker.KeyId));
            await friend.ExpectWelcome();
        }

        async Task<RawTspClient> ConnectStranger()
        {
            var stranger = await Connect();
            if (overTls)
                await stranger.StartTls();
            return stranger;
        }
    }

    [Fact]
    public async Task A_proof_for_a_different_peer_or_connection_is_refused()
    {
        var nonce = AccessKey.NewNonce();
        var eavesdropped = await Challenge(await Connect(), nonce);
        foreach (var (challengeOf, peer) in new[] { ("own", 2), ("other", 1) })
        {
            var client = await Connect();
            var own = await Challenge(client, nonce);
            await Prove(client, Key.PeerProof(challengeOf == "own" ? own : eavesdropped, nonce, Samples.Peer(peer)));
            await client.ExpectError(ErrorCode.Unauthenticated);
            await client.ExpectEnd();
        }
    }

    [Fact]
    public async Task A_hello_without_a_nonce_is_refused()
    {
        var client = await Connect();
        await client.Send(Operation.Init, 0, PeerClient.Hello(1));
        await client.ExpectError(ErrorCode.Unauthenticated);
        await client.ExpectEnd();
    }

    [Theory]
    [InlineData(Operation.List)]
    [InlineData(Operation.Info)]
    [InlineData(Operation.Play)]
    [InlineData(Operation.Share)]
    public async Task The_tracker_reveals_nothing_before_the_proof(Operation operation)
    {
        var stranger = await Connect();
        await stranger.Send(operation, 1);
        await stranger.ExpectError(ErrorCode.Unauthenticated, 1);
        await stranger.ExpectEnd();

        var halfway = await Connect();
        await Challenge(halfway, AccessKey.NewNonce());
        await halfway.Send(operation, 1);
        await halfway.ExpectError(ErrorCode.Unauthenticated, 1);
        await halfway.ExpectEnd();
    }

    [Fact]
    public async Task A_proof_before_the_hello_is_a_bad_request()
    {
        var client = await Connect();
        await Prove(client, new byte[32]);
        await client.ExpectError(ErrorCode.BadRequest);
    }

    private static Task<byte[]> Challenge(RawTspClient client, byte[] nonce, int peer = 1) =>
        Challenge(client, PeerClient.Hello(peer, nonce: nonce));

    private static async Task<byte[]> Challenge(RawTspClient client, Init hello)
    {
        await client.Send(Operation.Init, 0, hello);
        var init = await client.Expect<Init>(Operation.Init);
        Assert.Equal(Init.StepOneofCase.Challenge, init.StepCase);
        return init.Challenge.Nonce.ToByteArray();
    }

    private static Task Prove(RawTspClient client, byte[] proof) =>
        client.Send(Operation.Init, 0, new Init { Proof = new Proof { Hmac = ByteString.CopyFrom(proof) } });
}
