namespace TspActors.Peer.Listening;

/// <summary>
/// A number that each seek raises. Bytes that were on their way when the seek happened belong to an earlier epoch and are dropped.
/// </summary>
/// <remarks>
/// <see cref="FetchProgress"/> raises the number, and SongFetchActor.AroundReceive drops each <see cref="IEpochMessage"/> of an earlier
/// one. No other code compares epochs: see docs/decisions/0025-one-filter-for-epochs.md.
/// </remarks>
internal readonly record struct Epoch(int Number)
{
    /// <summary>Returns the epoch after this one.</summary>
    // A property would be part of ToString, which would then never end.
    public Epoch Next() => new(Number + 1);
}

/// <summary>A message to a SongFetchActor that becomes worthless after a seek.</summary>
internal interface IEpochMessage
{
    /// <summary>The epoch in which the work began.</summary>
    Epoch Epoch { get; }
}
