using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>The opening of INIT from the peer's side: hello, the proof where the other end asks for one, and the check of its own.</summary>
internal sealed class ClientHandshake
{
    private readonly AccessKey? _key;
    private readonly PeerId _peer;
    private readonly byte[]? _nonce;
    private byte[]? _challenge;

    public ClientHandshake(AccessKey? key, PeerId peer, string name, int listenPort, bool wantsBroadcasts, string advertisedAddress = "")
    {
        _key = key;
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
            },
        });
    }

    private static string Agent { get; } = $"TspActors/{typeof(ClientHandshake).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>The frame that opens the connection.</summary>
    public byte[] Hello { get; }

    /// <summary>Takes the other end's step.</summary>
    /// <param name="init">What it sent.</param>
    /// <param name="reply">A frame to send on, or null.</param>
    /// <param name="welcome">Set when the handshake is done.</param>
    /// <returns>What is wrong with the step, for people; null when it is right.</returns>
    public string? Take(Init init, out byte[]? reply, out Welcome? welcome)
    {
        reply = null;
        welcome = null;
        switch (init.StepCase)
        {
            case Init.StepOneofCase.Challenge when _key is null || _nonce is null:
                return "it needs an access key: set tsp.peer.access-key";
            case Init.StepOneofCase.Challenge when _challenge is null:
                _challenge = init.Challenge.Nonce.ToByteArray();
                reply = FrameEncoder.Encode(Operation.Init, 0, new Init
                {
                    Proof = new Proof { Hmac = UnsafeByteOperations.UnsafeWrap(_key.PeerProof(_challenge, _nonce, _peer)) },
                });
                return null;
            case Init.StepOneofCase.Welcome when _key is not null && _nonce is not null
                && (_challenge is null || !AccessKey.Matches(_key.TrackerProof(_nonce, _challenge, _peer), init.Welcome.Hmac.Span)):
                return "it does not know the access key that is set here";
            case Init.StepOneofCase.Welcome:
                welcome = init.Welcome;
                return null;
            default:
                return $"it sent an unexpected handshake step ({init.StepCase})";
        }
    }
}
