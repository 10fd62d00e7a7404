using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;

namespace TspActors.Protocol;

/// <summary>The challenge that a tracker or host sends to a peer. It also verifies the peer's proof (docs/protocol.md section 3).</summary>
/// <param name="hello">The peer's hello, which must carry a nonce.</param>
/// <param name="server">The id of this side's TLS key; null = the connection is plain.</param>
public sealed class AccessChallenge(Hello hello, KeyId? server = null)
{
    private readonly byte[] _nonce = AccessKey.NewNonce();

    /// <summary>The hello that the challenge answers.</summary>
    public Hello Hello => hello;

    /// <summary>Encodes the INIT frame with the challenge.</summary>
    public byte[] ToFrame() =>
        FrameEncoder.Encode(Operation.Init, 0, new Init { Challenge = new Challenge { Nonce = UnsafeByteOperations.UnsafeWrap(_nonce) } });

    /// <summary>Returns whether the peer's proof is correct.</summary>
    /// <param name="key">The key that the peer must know.</param>
    /// <param name="proof">The peer's proof.</param>
    /// <param name="ownProof">This side's own proof, for the welcome. Null if the peer's proof is wrong.</param>
    public bool TryVerify(AccessKey key, Proof proof, [NotNullWhen(true)] out byte[]? ownProof)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(proof);
        var peer = new PeerId(hello.PeerId.Span);
        var isRight = AccessKey.Matches(key.PeerProof(_nonce, hello.Nonce.Span, peer, server), proof.Hmac.Span);
        ownProof = isRight ? key.TrackerProof(hello.Nonce.Span, _nonce, peer, server) : null;
        return isRight;
    }
}
