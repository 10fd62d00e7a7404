using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Transport.Sessions;

namespace TspActors.Peer.Hosting;

/// <summary>
/// The host's side of the INIT handshake. Like a tracker, the host replies to a hello with a welcome. If the host has an access key, the
/// requester must first prove that it knows the key.
/// </summary>
/// <param name="access">The access key check; null if there is none.</param>
/// <param name="remote">The requester's end of the connection.</param>
internal sealed class HostHandshake(AccessCheck? access, RemoteEnd remote)
{
    private const uint Version = 1;

    private Hello? _hello;
    private AccessChallenge? _challenge;

    /// <summary>True when the requester may request songs.</summary>
    public bool IsProved { get; private set; } = access is null;

    /// <summary>The peer id in the requester's hello; null before the hello and, if there is an access key, before the proof.</summary>
    public PeerId? Peer => _hello is not null && IsProved ? new PeerId(_hello.PeerId.Span) : null;

    /// <summary>Handles the requester's next step.</summary>
    public HandshakeResult Advance(Init init) => init.StepCase switch
    {
        Init.StepOneofCase.Hello when _hello is null => AdvanceHello(init.Hello),
        Init.StepOneofCase.Proof when _challenge is not null => AdvanceProof(_challenge, init.Proof),
        _ => new HandshakeResult.Refused(ErrorCode.BadRequest, "this INIT step is unexpected at this point"),
    };

    private HandshakeResult AdvanceHello(Hello hello)
    {
        if (hello.ProtocolVersion != Version)
            return new HandshakeResult.Refused(
                ErrorCode.Unsupported, $"protocol version {hello.ProtocolVersion} is not supported; this host speaks {Version}");
        if (remote.RefuseId(hello) is { } refused)
            return refused;
        if (access is null)
        {
            _hello = hello;
            return new HandshakeResult.Accepted(new Welcome());
        }

        var result = access.Challenge(hello, remote, out _challenge);
        if (_challenge is not null)
            _hello = hello;
        return result;
    }

    private HandshakeResult AdvanceProof(AccessChallenge challenge, Proof proof)
    {
        var refused = access!.Verify(challenge, proof, remote, [], out var proved);
        _challenge = null;
        if (refused is not null)
        {
            _hello = null;
            return refused;
        }

        IsProved = true;
        return new HandshakeResult.Accepted(new Welcome { Hmac = UnsafeByteOperations.UnsafeWrap(proved.OwnProof) });
    }
}
