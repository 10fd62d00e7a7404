using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>The handshake with a tracker: a ClientHandshake that also tells a tracker from a host of songs.</summary>
internal sealed class TrackerGreeting(LinkIdentity identity)
{
    private readonly ClientHandshake _handshake = new(
        identity.AccessKey, identity.Peer, identity.Name, identity.ListenPort, identity.WantsBroadcasts, identity.AdvertisedAddress);

    /// <summary>The frame that opens the connection.</summary>
    public byte[] Hello => _handshake.Hello;

    /// <summary>Applies the tracker's step.</summary>
    public GreetingStep Apply(Init init) => _handshake.Advance(init) switch
    {
        HandshakeResult.Reply reply => new GreetingStep(reply.Frame),
        // A host of songs speaks INIT, too, but its welcome is an empty one (docs/protocol.md section 4).
        HandshakeResult.Accepted { Welcome: { TrackerName: "", HeartbeatIntervalMs: 0 } } => new GreetingStep(Fault: "that is no tracker (is it the port of a peer?)"),
        HandshakeResult.Accepted accepted => new GreetingStep(Welcome: accepted.Welcome),
        HandshakeResult.Refused refused => new GreetingStep(Fault: refused.Message),
        _ => default,
    };
}

/// <summary>What a step of the handshake leads to.</summary>
/// <param name="Reply">A frame to send.</param>
/// <param name="Welcome">The welcome that ends the handshake.</param>
/// <param name="Fault">Why the tracker is not registered at, for people.</param>
internal readonly record struct GreetingStep(byte[]? Reply = null, Welcome? Welcome = null, string? Fault = null);
