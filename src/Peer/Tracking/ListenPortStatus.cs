using System.Net;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Tracking;

/// <summary>
/// Tracks whether other peers can connect to this peer's port. The tracker tests the port, and reports the result when it names this peer
/// as a host.
/// </summary>
/// <param name="peer">This peer.</param>
/// <param name="isFirstStart">Whether this peer starts for the first time. Then the user wants to know the first result, whatever it
///   is.</param>
internal sealed class ListenPortStatus(PeerId peer, bool isFirstStart = false)
{
    /// <summary>The result that the tracker reported last; null = not known.</summary>
    public bool? IsReachable { get; private set; }

    /// <summary>The address and port at which the tracker lists this peer; null = not known.</summary>
    public TrackerAddress? ListedAt { get; private set; }

    /// <summary>The address at which the tracker sees this peer; null = not known.</summary>
    public IPAddress? ObservedAddress { get; private set; }

    /// <summary>Applies the tracker's welcome.</summary>
    public void ApplyWelcome(Welcome welcome) =>
        ObservedAddress = IPAddress.TryParse(welcome.ObservedAddress, out var address) ? address : null;

    /// <summary>Applies the tracker's reply about the hosts of a song that this peer shares.</summary>
    /// <returns>The notice for the user; null when the reply does not name this peer, when nothing has changed, or when the first result is
    ///   that the port is reachable, unless this peer starts for the first time.</returns>
    public PortNotice? Apply(object reply)
    {
        if ((reply as PlayGrant)?.Song?.Hosts.FirstOrDefault(host => new PeerId(host.PeerId.Span) == peer) is not { } own)
            return null;
        ListedAt = new TrackerAddress(own.Address, (int)own.Port);
        if (own.Reachable == IsReachable)
            return null;
        var wasKnown = IsReachable is not null;
        IsReachable = own.Reachable;
        return wasKnown || isFirstStart || !own.Reachable ? new PortNotice(own.Reachable, ListedAt) : null;
    }
}

/// <summary>Published on the event stream: other peers cannot connect to this peer's port, or can connect again.</summary>
internal sealed record PortNotice(bool IsReachable, TrackerAddress Port) : ILocalMessage;
