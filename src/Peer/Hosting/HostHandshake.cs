using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Peer.Hosting;

/// <summary>INIT from the host's side: asks a requester for the proof of the access key, where there is one, exactly as a tracker does.</summary>
internal sealed class HostHandshake(AccessKey? key)
{
    private const uint Version = 1;

    private Hello? _hello;
    private byte[]? _challenge;

    /// <summary>True when the requester may ask for songs.</summary>
    public bool IsProved { get; private set; } = key is null;

    /// <summary>Which peer the requester says it is, or has proved to be where there is a key; null before that.</summary>
    public PeerId? Peer => _hello is not null && IsProved ? new PeerId(_hello.PeerId.Span) : null;

    /// <summary>Takes the requester's step and gives the frame that answers it.</summary>
    /// <param name="init">The step.</param>
    /// <param name="refused">True when the connection ends with the answer.</param>
    public byte[] Take(Init init, out bool refused)
    {
        refused = false;
        switch (init.StepCase)
        {
            case Init.StepOneofCase.Hello when _hello is null && init.Hello.ProtocolVersion != Version:
                return Errors.Frame(ErrorCode.Unsupported, $"protocol version {init.Hello.ProtocolVersion} is not spoken here; {Version} is");
            case Init.StepOneofCase.Hello when _hello is null:
                _hello = init.Hello;
                if (key is null)
                    return Welcome([]);
                if (_hello.Nonce.IsEmpty)
                    break;
                _challenge = AccessKey.NewNonce();
                return FrameEncoder.Encode(Operation.Init, 0, new Init { Challenge = new Challenge { Nonce = UnsafeByteOperations.UnsafeWrap(_challenge) } });
            case Init.StepOneofCase.Proof when _challenge is not null && key is not null:
                var peer = new PeerId(_hello!.PeerId.Span);
                if (!AccessKey.Matches(key.PeerProof(_challenge, _hello.Nonce.Span, peer), init.Proof.Hmac.Span))
                    break;
                IsProved = true;
                var own = key.TrackerProof(_hello.Nonce.Span, _challenge, peer);
                _challenge = null;
                return Welcome(own);
            default:
                return Errors.Frame(ErrorCode.BadRequest, "this INIT step was not expected now");
        }

        refused = true;
        return Errors.Frame(ErrorCode.Unauthenticated, _challenge is null ? "this host needs an access key" : "the access key is not this host's");
    }

    private static byte[] Welcome(byte[] proof) =>
        FrameEncoder.Encode(Operation.Init, 0, new Init { Welcome = new Welcome { Hmac = UnsafeByteOperations.UnsafeWrap(proof) } });
}
