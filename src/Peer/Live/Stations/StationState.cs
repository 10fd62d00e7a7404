namespace TspActors.Peer.Live.Stations;

/// <summary>The state that a station keeps across a restart.</summary>
/// <param name="Seed">The seed of its random order.</param>
internal sealed record StationState(ulong Seed)
{
    /// <summary>The number of songs played.</summary>
    public long Played { get; init; }

    /// <summary>The song that is playing; null = none yet.</summary>
    public ulong? Current { get; init; }

    /// <summary>The last play of each of the most recently played songs, oldest first.</summary>
    public IReadOnlyList<Play> Recent { get; init; } = [];
}
