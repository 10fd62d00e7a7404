using System.Buffers.Binary;
using System.Security.Cryptography;
using TspActors.Protocol;

namespace TspActors.Peer.Reaching.Mapping;

/// <summary>
/// Decides which mapping to ask a UPnP router for, and what to try next after each of its replies. Routers differ in the leases that they
/// grant, and the port may be taken, so one request is often not enough.
/// </summary>
internal sealed class MappingPlan
{
    /// <summary>The number of other ports that are tried if the first one is taken.</summary>
    public const int OtherPorts = 10;

    /// <summary>A lease of one week. Some routers grant only this lease, or mappings that never expire.</summary>
    public const uint WeekSeconds = 604_800;

    private const int LowestPort = 20_000;
    private const int HighestPort = 60_000;

    private static readonly TimeSpan FullRouterPause = TimeSpan.FromHours(1);

    private readonly int _port;
    private readonly List<int> _otherPorts;
    private AddMapping _current;
    private int _portsTried;

    /// <summary>Starts a plan.</summary>
    /// <param name="peer">The peer, whose id determines the other ports to try.</param>
    /// <param name="port">The external port to try first.</param>
    /// <param name="lease">The lease to ask for first.</param>
    public MappingPlan(PeerId peer, int port, TimeSpan lease)
    {
        _port = port;
        _otherPorts = [.. PortsOf(peer).Where(other => other != port).Distinct().Take(OtherPorts)];
        _current = new AddMapping(port, (uint)lease.TotalSeconds);
    }

    /// <summary>The first step.</summary>
    public AddMapping First => _current;

    /// <summary>Returns the next step after a NAT-PMP reply.</summary>
    public static MappingStep AfterPmp(NatPmpReply reply) => reply switch
    {
        { Result: NatPmpResult.Success, ExternalPort: > 0, LifetimeSeconds: > 0 } => new KeepMapping(reply.ExternalPort),
        { Result: NatPmpResult.UnsupportedVersion } => AskByPcp.Instance,
        { Result: NatPmpResult.Success } => new GiveUp("the router granted no port via NAT-PMP"),
        { Result: NatPmpResult.Refused } => new GiveUp("the router does not allow port mappings via NAT-PMP"),
        { Result: NatPmpResult.NetworkFailure } => new GiveUp("the router has no external address"),
        { Result: NatPmpResult.OutOfResources } => new GiveUp("the router has no room for another port mapping"),
        _ => new GiveUp($"the router refused NAT-PMP with result {(int)reply.Result}"),
    };

    /// <summary>Returns the next step after a PCP reply.</summary>
    public static MappingStep AfterPcp(PcpReply reply) => reply switch
    {
        { Result: PcpReply.Success, ExternalPort: > 0, LifetimeSeconds: > 0 } => new KeepMapping(reply.ExternalPort),
        { Result: PcpReply.Success } => new GiveUp("the router granted no port via PCP"),
        _ => new GiveUp($"the router refused PCP with result {reply.Result}"),
    };

    /// <summary>Returns the other ports that a peer tries. A peer always tries the same ones, so it can find its mapping again.</summary>
    public static IEnumerable<int> PortsOf(PeerId peer)
    {
        var hash = SHA256.HashData(peer.ToArray());
        for (var at = 0; at + 2 <= hash.Length; at += 2)
            yield return LowestPort + (BinaryPrimitives.ReadUInt16BigEndian(hash.AsSpan(at)) % (HighestPort - LowestPort + 1));
    }

    /// <summary>Returns the next step after the router has granted the current request.</summary>
    public KeepMapping AfterGrant() => new(_current.ExternalPort);

    /// <summary>Returns the next step after the router has refused the current request.</summary>
    /// <param name="code">The UPnP error code, or the HTTP status if there was none.</param>
    public MappingStep AfterError(int code) => code switch
    {
        IgdError.OnlyPermanentLeases when _current.LeaseSeconds != 0 => Next(_current with { LeaseSeconds = 0 }),
        IgdError.Conflict => new CheckMapping(_current.ExternalPort),
        IgdError.NotAuthorized or IgdError.ActionFailed or IgdError.InvalidArguments when _current.LeaseSeconds != 0 => Next(
            _current with { LeaseSeconds = _current.LeaseSeconds == WeekSeconds ? 0 : WeekSeconds }),
        IgdError.NoPortMapsAvailable => new GiveUp("the router has no room for another port mapping", FullRouterPause),
        IgdError.NotAuthorized => new GiveUp("the router does not allow port mappings via UPnP (error 606)"),
        _ => new GiveUp($"the router refused the port mapping via UPnP (error {code})"),
    };

    /// <summary>Returns the next step if the port is taken.</summary>
    /// <param name="isOurs">Whether the existing mapping leads to this peer.</param>
    public MappingStep AfterCheck(bool isOurs)
    {
        if (isOurs)
            return new KeepMapping(_current.ExternalPort);
        return _portsTried < _otherPorts.Count
            ? Next(_current with { ExternalPort = _otherPorts[_portsTried++] })
            : new GiveUp($"port {_port} and {_otherPorts.Count} other ports on the router are taken");
    }

    private AddMapping Next(AddMapping step) => _current = step;
}
