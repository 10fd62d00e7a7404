using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Tracking;

/// <summary>Whether others can connect to this peer's port: its tracker has tried, and says so where it names this peer as a host.</summary>
internal sealed class OwnPort(PeerId peer)
{
    /// <summary>Null = not known.</summary>
    public bool? IsReachable { get; private set; }

    /// <summary>Takes the tracker's answer about a song of this peer.</summary>
    /// <returns>What its owner should hear; null when that is nothing new, or all is well from the start.</returns>
    public PortNotice? Take(object answer)
    {
        if ((answer as PlayGrant)?.Song?.Hosts.FirstOrDefault(host => new PeerId(host.PeerId.Span) == peer) is not { } own || own.Reachable == IsReachable)
            return null;
        var wasKnown = IsReachable is not null;
        IsReachable = own.Reachable;
        return wasKnown || !own.Reachable ? new PortNotice(own.Reachable, new TrackerAddress(own.Address, (int)own.Port)) : null;
    }
}

/// <summary>Published on the event stream: others cannot connect to this peer's port, or can again.</summary>
internal sealed record PortNotice(bool IsReachable, TrackerAddress Port) : ILocalMessage, IDeadLetterSuppression;
