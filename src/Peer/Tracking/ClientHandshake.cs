using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>
/// The client's side of the INIT handshake: sends the hello and the proof that a tracker or host requests, and checks the server's
/// proof.
/// </summary>
/// <remarks>
/// The access key may be the code of an invitation. In that case, a server that has already proven its identity with its TLS key need not
/// ask for the code, because this peer may already be a member.
/// </remarks>
internal sealed class ClientHandshake
{
    private readonly AccessKey? _key;
    private readonly bool _isInvitation;
    private readonly PeerId _peer;
    private readonly byte[]? _nonce;
    private byte[]? _challenge;

    public ClientHandshake(
        AccessKey? key, PeerId peer, string name, int listenPort, bool wantsBroadcasts, string advertisedAddress = "",
        ByteString? resume = null, bool isInvitation = false, PeerFeatures features = PeerFeatures.None,
        IReadOnlyList<string>? localEndpoints = null)
    {
        (_key, _isInvitation) = (key, isInvitation);
        _peer = peer;
        _nonce = key is null ? null : AccessKey.NewNonce();
        Hello = FrameEncoder.Encode(Operation.Init, 0, new Init
        {
            Hello = new Hello
            {
                ProtocolVersion = 1,
                PeerId = UnsafeByteOperations.UnsafeWrap(peer.ToArray()),
                Name = name,
                ListenPort = (uint)listenPort,
                Agent = Agent,
                WantsBroadcasts = wantsBroadcasts,
                Nonce = _nonce is null ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(_nonce),
                AdvertisedAddress = advertisedAddress,
                Resume = resume ?? ByteString.Empty,
                Features = (ulong)features,
                LocalEndpoints = { localEndpoints ?? [] },
            },
        });
    }

    private static string Agent { get; } = $"TspActors/{typeof(ClientHandshake).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>The frame that opens the connection.</summary>
    public byte[] Hello { get; }

    /// <summary>The server's TLS key, which both proofs cover; null = the connection is plain.</summary>
    public KeyId? ServerKey { get; set; }

    /// <summary>Handles the server's next step.</summary>
    public HandshakeResult Advance(Init init)
    {
        switch (init.StepCase)
        {
            case Init.StepOneofCase.Challenge when _key is null || _nonce is null:
                return new HandshakeResult.Refused(ErrorCode.Unauthenticated, "it requires an access key: set tsp.peer.access-key");
            case Init.StepOneofCase.Challenge when _challenge is null:
                _challenge = init.Challenge.Nonce.ToByteArray();
                return new HandshakeResult.Reply(FrameEncoder.Encode(Operation.Init, 0, new Init
                {
                    Proof = new Proof { Hmac = UnsafeByteOperations.UnsafeWrap(_key.PeerProof(_challenge, _nonce, _peer, ServerKey)) },
                }));
            case Init.StepOneofCase.Welcome when _key is not null && _nonce is not null
                && (_challenge is null
                    ? !_isInvitation
                    : !AccessKey.Matches(_key.TrackerProof(_nonce, _challenge, _peer, ServerKey), init.Welcome.Hmac.Span)):
                return new HandshakeResult.Refused(ErrorCode.Unauthenticated, "it does not know this peer's access key");
            case Init.StepOneofCase.Welcome:
                return new HandshakeResult.Accepted(init.Welcome);
            default:
                return new HandshakeResult.Refused(ErrorCode.BadRequest, $"it sent an unexpected handshake step ({init.StepCase})");
        }
    }
}
