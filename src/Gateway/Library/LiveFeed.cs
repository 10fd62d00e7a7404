using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>A live feed as the gateway shows it. Strings are cleaned for display. Immutable.</summary>
internal sealed record LiveFeed
{
    /// <summary>The content hash, which is computed from the source and the name.</summary>
    public required ContentHash Hash { get; init; }

    /// <summary>The id for clients: st- and 26 characters of the content hash in base32.</summary>
    public required string Id { get; init; }

    /// <summary>The song id, which the tracker assigned. It changes when the tracker forgets its ids.</summary>
    public required int TrackerId { get; init; }

    /// <summary>The name. Never empty.</summary>
    public required string Name { get; init; }

    /// <summary>The genre; empty = not known.</summary>
    public string Genre { get; init; } = "";

    /// <summary>The bitrate in bits per second; 0 = not known.</summary>
    public int BitrateBps { get; init; }

    /// <summary>The names of the peers that have the feed now.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>The hosts that have valid ids, as peers.</summary>
    public IReadOnlyList<LibraryPeer> Peers { get; init; } = [];
}
