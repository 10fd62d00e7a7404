using System.Collections.Immutable;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>What one fetch has learned about a song's hosts, for the next fetch of the song.</summary>
/// <param name="Corrupt">The hosts that sent wrong bytes. They are never asked again.</param>
/// <param name="Good">The last host that sent the song, which is asked first; null if there is none, or if that host has failed
///   since.</param>
internal sealed record KnownHosts(ImmutableHashSet<PeerId> Corrupt, PeerId? Good)
{
    /// <summary>Nothing is known about any host.</summary>
    public static readonly KnownHosts None = new([], null);
}
