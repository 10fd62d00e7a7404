using System.Net;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Tracking;

/// <summary>
/// Tracks whether other peers can connect to this peer's port. The tracker tests the port, and reports the result when it names this peer
/// as a host, or when the result changes.
/// </summary>
internal sealed class ListenPortStatus(PeerId peer)
{
    private bool _isFirstStart;

    /// <summary>The result that the tracker reported most recently; null = unknown.</summary>
    public bool? IsReachable { get; private set; }

    /// <summary>The address and port that the tracker lists for this peer; null = unknown.</summary>
    public TrackerAddress? ListedAt { get; private set; }

    /// <summary>This peer's address as the tracker sees it; null = unknown.</summary>
    public IPAddress? ObservedAddress { get; private set; }

    /// <summary>Whether this peer connects to requesters that cannot connect to it.</summary>
    public bool IsCalledBack { get; private set; }

    /// <summary>Applies the tracker's welcome to this peer.</summary>
    public void ApplyWelcome(Welcome welcome, LinkIdentity identity)
    {
        // When the peer starts for the first time, the user wants to know the first result, whatever it is.
        _isFirstStart = identity.IsFirstStart;
        IsCalledBack = identity.CallsBack && ((TrackerFeatures)welcome.Features).HasFlag(TrackerFeatures.Call);
        ObservedAddress = IPAddress.TryParse(welcome.ObservedAddress, out var address) ? address : null;
    }

    /// <summary>Applies the tracker's reply about the hosts of a song that this peer shares.</summary>
    /// <returns>The notice for the user; null when the reply does not name this peer, when nothing has changed, or when the first result is
    ///   that the port is reachable and this is not the peer's first start.</returns>
    public PortNotice? Apply(object reply) =>
        (reply as PlayGrant)?.Song?.Hosts.FirstOrDefault(host => new PeerId(host.PeerId.Span) == peer) is { } own
            ? Change(own.Reachable, new TrackerAddress(own.Address, (int)own.Port))
            : null;

    /// <summary>Applies the tracker's report about this peer's port.</summary>
    /// <returns>The notice for the user; null in the same cases as for a reply.</returns>
    public PortNotice? Apply(Reach report) =>
        // A newly reported port that cannot be reached changes nothing: the tracker keeps the previous one.
        IPEndPoint.TryParse(report.Observed, out var observed) && (report.Reachable || ListedAt is null || ListedAt.Port == observed.Port)
            ? Change(report.Reachable, new TrackerAddress(observed.Address.ToString(), observed.Port))
            : null;

    private PortNotice? Change(bool isReachable, TrackerAddress port)
    {
        ListedAt = port;
        if (isReachable == IsReachable)
            return null;
        var isFirst = IsReachable is null;
        IsReachable = isReachable;
        return !isFirst || _isFirstStart || !isReachable ? new PortNotice(isReachable, port, IsCalledBack) : null;
    }
}

/// <summary>Published on the event stream whenever the tracker reports whether it could connect to this peer's port.</summary>
internal sealed record PortProbed(bool IsReachable, TrackerAddress Port) : ILocalMessage;

/// <summary>Published on the event stream for the user: whether other peers can connect to this peer's port.</summary>
/// <param name="IsReachable">Whether others can connect.</param>
/// <param name="Port">The address and port that the tracker has tried.</param>
/// <param name="IsCalledBack">Whether this peer connects to requesters that cannot connect to it.</param>
internal sealed record PortNotice(bool IsReachable, TrackerAddress Port, bool IsCalledBack = false) : ILocalMessage;
