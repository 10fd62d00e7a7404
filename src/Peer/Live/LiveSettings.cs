using System.Collections.Immutable;

namespace TspActors.Peer.Live;

/// <summary>A peer's live feed settings (<c>tsp.peer.live</c>).</summary>
internal sealed record LiveSettings
{
    /// <summary>The feeds that start with the peer.</summary>
    public ImmutableArray<FeedSettings> Feeds { get; init; } = [];

    /// <summary>The password for Icecast sources of feeds without a password of their own; empty = one is generated and printed.</summary>
    public string Password { get; init; } = "";

    /// <summary>The address to which sources connect. By default, only sources on this machine can connect.</summary>
    public string SourceAddress { get; init; } = "127.0.0.1";

    /// <summary>How much audio a listener receives immediately when it joins.</summary>
    public TimeSpan Burst { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>How much audio is kept for listeners that fall behind.</summary>
    public TimeSpan Held { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The duration of a chunk.</summary>
    public TimeSpan Chunk { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The chunk duration of a low-delay feed.</summary>
    public TimeSpan LowDelayChunk { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The burst of a low-delay feed.</summary>
    public TimeSpan LowDelayBurst { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a source may go without sending a frame before the feed plays silence.</summary>
    public TimeSpan SourceTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether this peer passes on the live feeds that it plays.</summary>
    public bool Relay { get; init; }
}
