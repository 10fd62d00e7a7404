using System.Net;
using TspActors.Peer.Reaching;
using TspActors.Peer.Tracking;

namespace TspActors.Peer.Diagnosis;

/// <summary>Checks whether this peer is behind NAT, by comparing this machine's addresses with the address that the tracker sees.</summary>
/// <param name="link">The tracker link.</param>
/// <param name="verdict">Waits for the tracker's verdict on this peer's port; null if the peer has no port.</param>
/// <param name="readOwn">Reads this machine's addresses.</param>
internal sealed class NatCheck(LinkWatch link, PortVerdict? verdict, Func<IReadOnlyList<IPAddress>> readOwn) : ICheck
{
    private const string Check = "nat";

    /// <inheritdoc/>
    public string Name => Check;

    /// <inheritdoc/>
    public async Task<Finding> RunAsync(CancellationToken cancellation)
    {
        var status = await link.WaitAsync(each => each.Connected, cancellation).ConfigureAwait(false);
        var own = readOwn();
        // If this peer seems to be behind a provider's NAT, the finding depends on whether the tracker can reach the port.
        if (verdict is not null && AddressComparison.Compare(status.ObservedAddress, own) == AddressTranslation.Provider)
            status = await verdict.WaitAsync(cancellation).ConfigureAwait(false);
        return Judge(status, own);
    }

    /// <summary>Returns the finding for the addresses.</summary>
    public static Finding Judge(LinkStatus status, IReadOnlyList<IPAddress> own)
    {
        var (observed, local) = (status.ObservedAddress, string.Join(", ", own.Where(IsShown)));
        return AddressComparison.Compare(observed, own) switch
        {
            AddressTranslation.None => Finding.Ok(Check, $"none: the tracker sees this machine's own address, {observed}"),
            AddressTranslation.SameNetwork => Finding.Ok(
                Check, $"not known: the tracker is on this network and sees {observed}; this machine has {local}"),
            AddressTranslation.Router => Finding.Ok(Check, $"behind a router: the tracker sees {observed}; this machine has {local}"),
            AddressTranslation.Provider when status.PortReachable == true => Finding.Ok(
                Check, $"perhaps a provider's own NAT, or a VPN: the tracker sees {observed}; this machine has {local}"),
            AddressTranslation.Provider => Finding.Warning(
                Check, $"perhaps a provider's own NAT, or a VPN: the tracker sees {observed}; this machine has {local}",
                "behind a provider's NAT you cannot forward ports: ask the provider for a public address or IPv6, or share over a VPN"),
            _ => Finding.Warning(Check, "not known: no tracker has reported the address at which it sees this peer"),
        };
    }

    private static bool IsShown(IPAddress address) => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal;
}
