using Akka.Actor;
using TspActors.Protocol;
using TspActors.Transport.Sessions;

namespace TspActors.Peer.Hosting;

/// <summary>A host's rules about which requesters it serves.</summary>
/// <param name="Access">The access key check; null if there is none.</param>
/// <param name="KeyId">The id of the key that the host presents over TLS; null if the host does not accept TLS.</param>
/// <param name="RequiresTls">Whether plain connections are refused.</param>
/// <param name="Listeners">Decides, based on their keys, which requesters may receive streams; null = all of them.</param>
internal sealed record HostSecurity(AccessCheck? Access, KeyId? KeyId = null, bool RequiresTls = false, HostingAccessCell? Listeners = null)
{
    /// <summary>The id that this peer presents when it calls a requester back.</summary>
    public PeerId Peer { get; init; }

    /// <summary>The CallDeskActor, to which remote ends present call tokens; Nobody if this peer makes no calls.</summary>
    public IActorRef Calls { get; init; } = ActorRefs.Nobody;

    /// <summary>The RelayDeskActor, to which remote ends present their tickets; Nobody if this peer does not relay.</summary>
    public IActorRef RelayDesk { get; init; } = ActorRefs.Nobody;
}
