namespace TspActors.Peer.Listening;

/// <summary>
/// A number that each seek increments. Bytes that were in transit when the seek happened belong to an earlier epoch and are dropped.
/// </summary>
/// <remarks>
/// <see cref="FetchProgress"/> increments the number, and SongFetchActor.AroundReceive drops each <see cref="IEpochMessage"/> from an
/// earlier epoch. No other code compares epochs: see docs/decisions/0025-one-filter-for-epochs.md.
/// </remarks>
internal readonly record struct Epoch(int Number)
{
    /// <summary>Returns the epoch after this one.</summary>
    // Not a property: the generated ToString would include it and recurse forever.
    public Epoch Next() => new(Number + 1);
}

/// <summary>A message to a SongFetchActor that a seek makes obsolete.</summary>
internal interface IEpochMessage
{
    /// <summary>The epoch in which the work began.</summary>
    Epoch Epoch { get; }
}
