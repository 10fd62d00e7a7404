namespace TspActors.Protocol.Tests;

/// <summary>Reads docs/vectors/handshake.json and ids.json.</summary>
public sealed class VectorsIdentitySpecs
{
    public static TheoryData<string> Handshakes => [.. VectorFile.Names("handshake.json", "handshakes")];

    public static TheoryData<string> Keys => [.. VectorFile.Names("ids.json", "keys")];

    public static TheoryData<string> Receipts => [.. VectorFile.Names("ids.json", "receipts")];

    [Theory]
    [MemberData(nameof(Handshakes))]
    public void The_proofs_of_a_handshake_are_those_of_its_vector(string name)
    {
        var vector = VectorFile.Find("handshake.json", "handshakes", name);
        var key = new AccessKey(vector.Text("key"));
        var peer = new PeerId(vector.Bytes("peer_id"));
        KeyId? server = vector.OptionalText("server_key_id") is { } id ? new KeyId(Convert.FromHexString(id)) : null;
        byte[] nonce = vector.Bytes("hello_nonce"), challenge = vector.Bytes("challenge_nonce");

        Assert.Equal(vector.Bytes("proof"), key.PeerProof(challenge, nonce, peer, server));
        Assert.Equal(vector.Bytes("welcome_proof"), key.TrackerProof(nonce, challenge, peer, server));
    }

    [Theory]
    [MemberData(nameof(Handshakes))]
    public void The_frames_of_a_handshake_carry_the_values_of_its_vector(string name)
    {
        var vector = VectorFile.Find("handshake.json", "handshakes", name);
        var frames = vector.GetProperty("frames");
        var (hello, challenge) = (Read(frames.Bytes("hello")).Hello, Read(frames.Bytes("challenge")).Challenge);
        var (proof, welcome) = (Read(frames.Bytes("proof")).Proof, Read(frames.Bytes("welcome")).Welcome);

        Assert.Equal(vector.Bytes("peer_id"), hello.PeerId.ToByteArray());
        Assert.Equal(vector.Bytes("hello_nonce"), hello.Nonce.ToByteArray());
        Assert.Equal(vector.Bytes("challenge_nonce"), challenge.Nonce.ToByteArray());
        Assert.Equal(vector.Bytes("proof"), proof.Hmac.ToByteArray());
        Assert.Equal(vector.Bytes("welcome_proof"), welcome.Hmac.ToByteArray());
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void The_id_of_a_key_is_that_of_its_vector(string name)
    {
        var vector = VectorFile.Find("ids.json", "keys", name);

        Assert.Equal(vector.Text("key_id"), KeyId.FromPublicKey(vector.Bytes("public_key")).ToString());
    }

    [Theory]
    [MemberData(nameof(Receipts))]
    public void The_receipt_of_an_id_is_that_of_its_vector(string name)
    {
        var vector = VectorFile.Find("ids.json", "receipts", name);
        var hash = new ContentHash(vector.Bytes("content_hash"));

        Assert.Equal(vector.Text("receipt"), IdReceipt.Sign(vector.Bytes("key"), hash, vector.Number("id")).ToString());
    }

    private static Init Read(byte[] bytes)
    {
        Assert.True(Bodies.TryParse<Init>(Decoding.First(bytes), out var init, out _));
        Assert.Equal(bytes, FrameEncoder.Encode(Operation.Init, 0, init));
        return init;
    }
}
