using System.Net;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Tracking;

/// <summary>
/// Tracks whether other peers can connect to this peer's port. The tracker tests the port, and reports the result when it names this peer
/// as a host.
/// </summary>
internal sealed class ListenPortStatus(PeerId peer)
{
    /// <summary>The result that the tracker reported last; null = not known.</summary>
    public bool? IsReachable { get; private set; }

    /// <summary>Applies the tracker's reply about the hosts of a song that this peer shares.</summary>
    /// <returns>The notice for the user; null when the reply does not name this peer, when nothing has changed, or when the first result is
    ///   that the port is reachable.</returns>
    public PortNotice? Apply(object reply)
    {
        if ((reply as PlayGrant)?.Song?.Hosts.FirstOrDefault(host => new PeerId(host.PeerId.Span) == peer) is not { } own
            || own.Reachable == IsReachable)
            return null;
        return Change(own.Reachable, new TrackerAddress(own.Address, (int)own.Port));
    }

    /// <summary>Applies the tracker's report about this peer's port.</summary>
    /// <returns>The notice for the user; null when nothing has changed, or when the first result is that the port is reachable.</returns>
    public PortNotice? Apply(Reach report) => report.Reachable == IsReachable || !IPEndPoint.TryParse(report.Observed, out var observed)
        ? null
        : Change(report.Reachable, new TrackerAddress(observed.Address.ToString(), observed.Port));

    private PortNotice? Change(bool isReachable, TrackerAddress port)
    {
        var wasKnown = IsReachable is not null;
        IsReachable = isReachable;
        return wasKnown || !isReachable ? new PortNotice(isReachable, port) : null;
    }
}

/// <summary>Published on the event stream whenever the tracker reports whether it could connect to this peer's port.</summary>
internal sealed record PortProbed(bool IsReachable, TrackerAddress Port) : ILocalMessage;

/// <summary>Published on the event stream: other peers cannot connect to this peer's port, or can connect again.</summary>
internal sealed record PortNotice(bool IsReachable, TrackerAddress Port) : ILocalMessage;
