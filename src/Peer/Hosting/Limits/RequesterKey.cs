using System.Net;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Hosting.Limits;

/// <summary>The key by which the limits identify a requester: its address, and its peer id if it gave one.</summary>
/// <remarks>
/// A peer is counted together with its address, so a requester that claims another peer's id does not use up that peer's limit, and peers
/// behind one address are counted separately.
/// </remarks>
/// <param name="Peer">The peer id that the requester gave; null = none.</param>
/// <param name="Address">The requester's IPv4 address, or the /64 of its IPv6 address, which usually belongs to one household.</param>
internal readonly record struct RequesterKey(PeerId? Peer, IPAddress? Address)
{
    /// <summary>Returns the key of a peer at an address.</summary>
    public static RequesterKey From(PeerId? peer, IPAddress address) => new(peer, CountedAddress.From(address));

    /// <summary>Returns the key of all requesters at this address.</summary>
    public RequesterKey WithoutPeer() => new(null, Address);
}

/// <summary>A requested or running stream, as the limits count it.</summary>
/// <param name="Requester">The requester's key.</param>
/// <param name="SongId">The song's id.</param>
/// <param name="RealTimeRate">The song's bytes per second; 0 = a download, which has no rate of its own.</param>
internal sealed record StreamClaim(RequesterKey Requester, int SongId, double RealTimeRate)
{
    public bool IsDownload => RealTimeRate <= 0;

    /// <summary>Whether the song is a live feed, which cannot be sent faster than it is made.</summary>
    public bool IsLive { get; init; }
}
