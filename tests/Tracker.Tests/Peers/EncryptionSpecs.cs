using TspActors.Protocol;

namespace TspActors.Tracker.Tests.Peers;

/// <summary>Checks which connections a tracker accepts with each value of tsp.tracker.encryption.</summary>
public sealed class EncryptionSpecs : TrackerSpec
{
    private static readonly AccessKey Key = new("open sesame");

    [Fact]
    public async Task A_tracker_that_requires_TLS_refuses_plain_connections_and_names_the_address_to_use()
    {
        await StartTracker(Patient with { Encryption = TrackerEncryption.Require });
        var plain = await Connect();
        await plain.Send(Operation.List);
        var error = await plain.ExpectError(ErrorCode.Unauthenticated);
        Assert.Contains($"tsps://127.0.0.1:{_tracker.Address.Port}#{_tracker.KeyId}", error.Message, StringComparison.Ordinal);
        await plain.ExpectEnd();

        var secure = await Connect();
        await secure.StartTls();
        Assert.Empty((await secure.List()).Songs);
    }

    [Fact]
    public async Task A_tracker_without_TLS_treats_a_TLS_handshake_as_an_unknown_operation()
    {
        await StartTracker(Patient with { Encryption = TrackerEncryption.Off });
        Assert.Null(_tracker.KeyId);
        var client = await Connect();
        await client.Send([0x16, 3, 1, 2, 0]);
        await client.ExpectError(ErrorCode.Unsupported);
    }

    [Fact]
    public async Task The_proofs_of_an_access_key_over_TLS_cover_the_key_of_the_tracker()
    {
        await StartTracker(Patient with { AccessKey = Key });
        var nonce = AccessKey.NewNonce();
        using var key = new PeerKey();
        var client = await Connect();
        await client.StartTls(key.Context);
        var challenge = await Challenge(client, key, nonce);
        await Prove(client, Key.PeerProof(challenge, nonce, key.Peer, _tracker.KeyId));

        var welcome = await client.ExpectWelcome();
        Assert.Equal(Key.TrackerProof(nonce, challenge, key.Peer, _tracker.KeyId), welcome.Hmac.ToByteArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_proof_that_covers_no_key_or_a_different_key_is_refused(bool anotherKey)
    {
        await StartTracker(Patient with { AccessKey = Key });
        var nonce = AccessKey.NewNonce();
        using var key = new PeerKey();
        using var between = new PeerKey();
        var client = await Connect();
        await client.StartTls(key.Context);
        var challenge = await Challenge(client, key, nonce);
        // A man in the middle forwards a proof that was made for it.
        await Prove(client, Key.PeerProof(challenge, nonce, key.Peer, anotherKey ? between.Id : null));
        await client.ExpectError(ErrorCode.Unauthenticated);
        await client.ExpectEnd();
    }

    private static async Task<byte[]> Challenge(RawTspClient client, PeerKey key, byte[] nonce)
    {
        await client.Send(Operation.Init, 0, key.Hello(nonce: nonce));
        var init = await client.Expect<Init>(Operation.Init);
        return init.Challenge.Nonce.ToByteArray();
    }

    private static Task Prove(RawTspClient client, byte[] hmac) =>
        client.Send(Operation.Init, 0, new Init { Proof = new Proof { Hmac = Google.Protobuf.ByteString.CopyFrom(hmac) } });
}
