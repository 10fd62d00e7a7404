using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>The handshake with a tracker: a ClientHandshake that also detects, from the welcome, that the other end is a host.</summary>
internal sealed class TrackerGreeting(LinkIdentity identity)
{
    // The interval if the tracker's welcome names none (docs/protocol.md section 3).
    private static readonly TimeSpan DefaultHeartbeat = TimeSpan.FromSeconds(10);

    private readonly ClientHandshake _handshake = new(
        identity.AccessKey, identity.Peer, identity.Name, identity.ListenPort, identity.WantsBroadcasts, identity.AdvertisedAddress,
        identity.Resume, identity.IsInvited, identity.Features, identity.LocalEndpoints());

    /// <summary>The frame that opens the connection.</summary>
    public byte[] Hello => _handshake.Hello;

    /// <summary>The tracker's TLS key; null = the connection is plain.</summary>
    public KeyId? TrackerKey
    {
        get => _handshake.ServerKey;
        set => _handshake.ServerKey = value;
    }

    /// <summary>Returns how long this peer and the tracker may be silent, according to the tracker's welcome.</summary>
    public static TimeSpan HeartbeatOf(Welcome welcome) => welcome.HeartbeatIntervalMs == 0
        ? DefaultHeartbeat
        : TimeSpan.FromMilliseconds(Math.Clamp(welcome.HeartbeatIntervalMs, 100, 600_000));

    /// <summary>Handles the tracker's next step in the handshake.</summary>
    public HandshakeResult Advance(Init init) => _handshake.Advance(init) switch
    {
        // A host also speaks INIT, but its welcome is empty (docs/protocol.md section 4).
        HandshakeResult.Accepted { Welcome: { TrackerName: "", HeartbeatIntervalMs: 0 } } =>
            new HandshakeResult.Refused(ErrorCode.BadRequest, "it is not a tracker (is it the port of a peer?)"),
        var result => result,
    };
}
