using System.Net;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Hosting.Limits;

/// <summary>Who asks, as limits count it: an address, and the peer there where it said which it is.</summary>
/// <remarks>
/// A peer counts together with its address: who claims to be another peer uses up nothing of that one's, and behind one address each peer is counted for itself.
/// </remarks>
/// <param name="Peer">The peer, told or proved; null = it did not say.</param>
/// <param name="Address">Its IPv4 address, or the /64 of its IPv6 address, all of which one household has.</param>
internal readonly record struct RequesterKey(PeerId? Peer, IPAddress? Address)
{
    /// <summary>The key of a peer at an address.</summary>
    public static RequesterKey Of(PeerId? peer, IPAddress address) => new(peer, CountedAddress.Of(address));

    /// <summary>Everybody at its address.</summary>
    public RequesterKey AtAddress => new(null, Address);
}

/// <summary>One stream, wanted or running, as limits count it.</summary>
/// <param name="Who">Who asks for it.</param>
/// <param name="SongId">The song.</param>
/// <param name="RealTimeRate">The song's bytes a second; 0 = a download, which has no rate of its own.</param>
internal sealed record StreamClaim(RequesterKey Who, int SongId, double RealTimeRate)
{
    public bool IsDownload => RealTimeRate <= 0;
}
