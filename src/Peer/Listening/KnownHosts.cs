using System.Collections.Immutable;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Knowledge about a song's hosts that one fetch of the song passes on to the next.</summary>
/// <param name="Corrupt">The hosts that sent wrong bytes. They are never asked again.</param>
/// <param name="Good">The last host that sent the song, which is asked first; null if there is none, or if that host has failed
///   since.</param>
internal sealed record KnownHosts(ImmutableHashSet<PeerId> Corrupt, PeerId? Good)
{
    /// <summary>Nothing is known about any host.</summary>
    public static readonly KnownHosts None = new([], null);
}
