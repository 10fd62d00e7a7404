using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Tracker.Tests.Peers;

public sealed class AccessKeySpecs : TrackerSpec
{
    private static readonly AccessKey Key = new("open sesame");

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
    public async Task Every_challenge_is_different()
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
    public async Task A_proof_for_another_peer_or_connection_is_refused()
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

    private static async Task<byte[]> Challenge(RawTspClient client, byte[] nonce)
    {
        await client.Send(Operation.Init, 0, PeerClient.Hello(1, nonce: nonce));
        var init = await client.Expect<Init>(Operation.Init);
        Assert.Equal(Init.StepOneofCase.Challenge, init.StepCase);
        return init.Challenge.Nonce.ToByteArray();
    }

    private static Task Prove(RawTspClient client, byte[] proof) =>
        client.Send(Operation.Init, 0, new Init { Proof = new Proof { Hmac = ByteString.CopyFrom(proof) } });
}
