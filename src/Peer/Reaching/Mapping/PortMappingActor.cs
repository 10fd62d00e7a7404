using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Reaching.Mapping;

/// <summary>
/// Connects the port mapper to the tracker link: passes on the results of the tracker's probes, reports the mapped port to the link, and
/// publishes <see cref="MappingChanged"/> on the event stream.
/// </summary>
/// <remarks>It has one state and one child, the PortMapperActor, to which it forwards all messages that it does not handle.</remarks>
internal sealed class PortMappingActor : UntypedActor
{
    private readonly IActorRef _link;
    private readonly int _port;
    private readonly IActorRef _mapper;
    private int _reportedPort;

    public PortMappingActor(PortMappingSettings settings, int port, PeerId peer, GatewaySource gateways, IActorRef link)
    {
        _link = link;
        _port = _reportedPort = port;
        _mapper = Context.ActorOf(PortMapperActor.Props(settings, port, peer, gateways, Self), "mapper");
    }

    /// <param name="settings">When and how to ask the router.</param>
    /// <param name="port">The port on which this peer accepts requesters.</param>
    /// <param name="peer">This peer's id.</param>
    /// <param name="gateways">Finds the router.</param>
    /// <param name="link">The TrackerLinkActor. Receives <see cref="ReachableAt"/> when the port that others should use changes.</param>
    public static Props Props(PortMappingSettings settings, int port, PeerId peer, GatewaySource gateways, IActorRef link) =>
        Akka.Actor.Props.Create(() => new PortMappingActor(settings, port, peer, gateways, link));

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(PortProbed));

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PortProbed probed:
                var observed = AddressOf(probed.Port);
                if (TestsRouter(observed))
                    _mapper.Tell(new PortFound(probed.IsReachable, observed));
                break;
            case MappingChanged changed:
                Context.System.EventStream.Publish(changed);
                ReportPort(changed.Status);
                break;
            case ProbeWanted:
                _link.Tell(new ReachableAt(_reportedPort));
                break;
            default:
                _mapper.Forward(message);
                break;
        }
    }

    // A new mapping is reported even if its port is the same, because the tracker immediately probes every reported port.
    private void ReportPort(MappingStatus status)
    {
        var port = status.ExternalPort > 0 ? status.ExternalPort : _port;
        if (port == _reportedPort && status.State != MappingState.Mapped)
            return;
        _reportedPort = port;
        _link.Tell(new ReachableAt(port));
    }

    // A tracker on this machine or its network reaches the port without going through the router, and a tracker that uses IPv6 is not
    // affected by the router's NAT. Neither tests the mapping.
    private static bool TestsRouter(IPAddress? observed) =>
        observed is null || (observed.AddressFamily == AddressFamily.InterNetwork && !AddressBlock.IsLocal(observed));

    private static IPAddress? AddressOf(TrackerAddress port) =>
        !IPAddress.TryParse(port.Host, out var address) ? null : address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
