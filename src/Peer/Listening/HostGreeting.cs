using TspActors.Peer.Tracking;
using TspActors.Protocol;
using Error = TspActors.Protocol.Error;

namespace TspActors.Peer.Listening;

/// <summary>Handles the frames that occur in every conversation with a host: the access-key handshake, heartbeats and errors.</summary>
internal sealed class HostGreeting(Requester requester)
{
    // The maximum number of characters of a host's error message that the user sees.
    private const int MaxReason = 200;

    private readonly ClientHandshake? _handshake = requester.AccessKey is { } key
        ? new ClientHandshake(key, requester.Peer, requester.Name, 0, wantsBroadcasts: false)
        : null;

    private bool _isWelcomed;

    /// <summary>The frame that opens the handshake; null without an access key.</summary>
    public byte[]? Hello => _handshake?.Hello;

    /// <summary>Records the key that the host has presented over TLS; null if the connection is plain.</summary>
    public void Opened(KeyId? hostKey)
    {
        if (_handshake is not null)
            _handshake.ServerKey = hostKey;
    }

    /// <summary>Interprets a frame that is not about the request itself.</summary>
    public FrameMeaning Read(in Frame frame)
    {
        switch (frame.Operation)
        {
            case Operation.Init:
                return Bodies.TryParse<Init>(frame, out var init, out var badInit) ? Greet(init) : Corrupt(badInit);
            case Operation.Error:
                return Bodies.TryParse<Error>(frame, out var error, out var badError) ? Refused(error) : Corrupt(badError);
            case Operation.Ping:
                return new FrameMeaning.MustSend(FrameEncoder.Encode(Operation.Pong, frame.SongId));
            default:
                return FrameMeaning.Nothing.Instance;
        }
    }

    /// <summary>Returns the failure for a host that sent something wrong.</summary>
    public static FrameMeaning.Failed Corrupt(string reason) => new(FailureKind.Corrupt, reason, null);

    /// <summary>Returns the failure for a host that sent a body that is not TSP.</summary>
    public static FrameMeaning.Failed Corrupt(ProtocolViolation violation) =>
        Corrupt($"it sent something that is not TSP: {violation.Message}");

    private FrameMeaning Greet(Init init)
    {
        // Each welcome makes this peer send a request, and each request gives the host more time to reply. With repeated handshakes, a host
        // could therefore stall forever.
        if (_isWelcomed)
            return Corrupt("it completed the handshake twice");
        var result = _handshake?.Advance(init);
        _isWelcomed = result is HandshakeResult.Accepted;
        return result switch
        {
            HandshakeResult.Reply reply => new FrameMeaning.MustSend(reply.Frame),
            HandshakeResult.Accepted => FrameMeaning.Welcomed.Instance,
            HandshakeResult.Refused refused => new FrameMeaning.Failed(FailureKind.Refused, refused.Message, null),
            _ => FrameMeaning.Nothing.Instance,
        };
    }

    private static FrameMeaning.Failed Refused(Error error) =>
        new(FailureKind.Refused, error.Message.Length > MaxReason ? error.Message[..MaxReason] : error.Message, error);
}
