using System.Net;
using System.Net.Sockets;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Protocol.Mdns;

namespace TspActors.Peer.Reaching.Discovery;

/// <summary>
/// A tracker that has answered on the local network. Until it has proved its key on a connection, any of this may be false.
/// </summary>
/// <param name="Name">Its name, without invisible characters.</param>
/// <param name="Addresses">Its addresses, at least one, best first. A link-local IPv6 address includes its scope.</param>
/// <param name="Port">Its port.</param>
/// <param name="KeyId">The id of its key; null = it does not accept TLS, or has named no key.</param>
/// <param name="Encryption">The kinds of connections that it accepts.</param>
/// <param name="NeedsKey">Whether a peer needs an access key or an invitation.</param>
internal sealed record FoundTracker(
    string Name, IReadOnlyList<IPAddress> Addresses, int Port, KeyId? KeyId, AnnouncedEncryption Encryption, bool NeedsKey)
{
    private const int MaxAddresses = 16;

    /// <summary>The best address.</summary>
    public IPAddress Address => Addresses[0];

    /// <summary>Whether the tracker has named the key that it uses for TLS.</summary>
    public bool IsPinned => KeyId is not null && Encryption != AnnouncedEncryption.Off;

    /// <summary>The tracker with its key; null = it has named none.</summary>
    public PinnedTracker? Pinned => IsPinned && KeyId is { } key ? new PinnedTracker($"{Address}", Port, key) : null;

    /// <summary>The address that a peer uses to connect to the tracker.</summary>
    public TrackerAddress TrackerAddress => new($"{Address}", Port)
    {
        Security = IsPinned ? new TrackerSecurity(TrackerSecurityKind.Pinned, KeyId)
            : Encryption == AnnouncedEncryption.Off ? new TrackerSecurity(TrackerSecurityKind.Plain)
            : TrackerSecurity.Automatic,
    };

    /// <summary>The tracker's address in a format that --tracker accepts: tsps://host:port#key-id, tsp://host:port or host:port.</summary>
    public string AddressText => Pinned is { } pinned ? $"{pinned}"
        : Encryption == AnnouncedEncryption.Off ? $"tsp://{TrackerAddress}"
        : $"{TrackerAddress}";

    /// <summary>A human-readable description of the tracker: "Attic at 192.168.1.5 (encrypted, needs a key)".</summary>
    public string Description =>
        $"{Name} at {Address} ({(Encryption == AnnouncedEncryption.Off ? "plain" : IsPinned ? "encrypted" : "encryption unknown")}{(NeedsKey ? ", needs a key" : "")})";

    /// <summary>Returns a tracker that has answered; null if it has named no address that a peer can connect to.</summary>
    /// <param name="announced">Its announcement.</param>
    /// <param name="sender">The address that the announcement came from, which is used if the announcement names none.</param>
    /// <param name="network">The number of the interface that the announcement arrived on.</param>
    /// <param name="isFromThisMachine">Whether the announcement comes from this machine, and may therefore name a loopback address.</param>
    public static FoundTracker? From(TrackerAnnouncement announced, IPAddress sender, int network, bool isFromThisMachine)
    {
        var named = announced.Addresses.Count > 0 ? announced.Addresses : [sender];
        IPAddress[] addresses =
        [
            .. named.Where(address => IsUsable(address, isFromThisMachine)).Take(MaxAddresses)
                .Select(address => WithScope(address, network)).OrderBy(Rank),
        ];
        var name = VisibleText.Clean(announced.Name).Trim();
        return addresses.Length == 0
            ? null
            : new FoundTracker(
                name.Length > 0 ? name : "unnamed", addresses, announced.Port, announced.KeyId, announced.Encryption, announced.NeedsKey);
    }

    /// <summary>Returns the rank of an address; the lowest rank is the best.</summary>
    /// <remarks>IPv4 addresses are the easiest to read. A link-local IPv6 address works on one interface only.</remarks>
    public static int Rank(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.AddressFamily == AddressFamily.InterNetwork ? 0 : address.IsIPv6LinkLocal ? 2 : 1;
    }

    // An announcement from elsewhere must not lead to this machine, and none may lead to a multicast group.
    private static bool IsUsable(IPAddress address, bool isFromThisMachine) => IPAddress.IsLoopback(address)
        ? isFromThisMachine
        : !address.Equals(IPAddress.IPv6Any) && !address.IsIPv6Multicast && !address.IsIPv4MappedToIPv6
            && (address.AddressFamily != AddressFamily.InterNetwork || address.GetAddressBytes()[0] is > 0 and < 224);

    private static IPAddress WithScope(IPAddress address, int network) =>
        address.IsIPv6LinkLocal ? new IPAddress(address.GetAddressBytes(), network) : address;
}
