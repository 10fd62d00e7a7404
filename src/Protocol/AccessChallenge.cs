using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;

namespace TspActors.Protocol;

/// <summary>The challenge that a tracker or host sends to a peer, and the check of the peer's proof (docs/protocol.md section 3).</summary>
/// <param name="key">The access key of this side.</param>
/// <param name="hello">The peer's hello, which must carry a nonce.</param>
public sealed class AccessChallenge(AccessKey key, Hello hello)
{
    private readonly byte[] _nonce = AccessKey.NewNonce();

    /// <summary>The hello that the challenge answers.</summary>
    public Hello Hello => hello;

    /// <summary>Encodes the INIT frame with the challenge.</summary>
    public byte[] ToFrame() =>
        FrameEncoder.Encode(Operation.Init, 0, new Init { Challenge = new Challenge { Nonce = UnsafeByteOperations.UnsafeWrap(_nonce) } });

    /// <summary>Returns whether the peer's proof is correct.</summary>
    /// <param name="proof">The peer's proof.</param>
    /// <param name="ownProof">This side's own proof, for the welcome. Null if the peer's proof is wrong.</param>
    public bool TryVerify(Proof proof, [NotNullWhen(true)] out byte[]? ownProof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        var peer = new PeerId(hello.PeerId.Span);
        var isRight = AccessKey.Matches(key.PeerProof(_nonce, hello.Nonce.Span, peer), proof.Hmac.Span);
        ownProof = isRight ? key.TrackerProof(hello.Nonce.Span, _nonce, peer) : null;
        return isRight;
    }
}
