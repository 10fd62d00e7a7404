using System.Collections.Immutable;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>What one fetch of a song has learnt of its hosts, for the next one.</summary>
/// <param name="Corrupt">Those that sent wrong bytes; they are never asked again.</param>
/// <param name="Good">The last one that sent the song; it is asked first.</param>
internal sealed record KnownHosts(ImmutableHashSet<PeerId> Corrupt, PeerId? Good)
{
    /// <summary>Nothing.</summary>
    public static readonly KnownHosts None = new([], null);
}
