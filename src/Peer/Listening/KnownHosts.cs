using System.Collections.Immutable;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>What one fetch of a song has learnt of its hosts, for the next fetch.</summary>
/// <param name="Corrupt">The hosts that sent wrong bytes; they are never asked again.</param>
/// <param name="Good">The last host that sent the song; it is asked first.</param>
internal sealed record KnownHosts(ImmutableHashSet<PeerId> Corrupt, PeerId? Good)
{
    /// <summary>Nothing.</summary>
    public static readonly KnownHosts None = new([], null);
}
