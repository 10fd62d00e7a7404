namespace TspActors.Peer.Live.Stations;

/// <summary>What a station keeps over a restart.</summary>
/// <param name="Seed">The seed of its chance.</param>
internal sealed record StationState(ulong Seed)
{
    /// <summary>The number of songs played.</summary>
    public long Played { get; init; }

    /// <summary>The song that is playing; null = none yet.</summary>
    public ulong? Current { get; init; }

    /// <summary>The last play of the songs that were played most recently, the oldest first.</summary>
    public IReadOnlyList<Play> Recent { get; init; } = [];
}
