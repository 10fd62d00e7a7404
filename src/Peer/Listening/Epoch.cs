namespace TspActors.Peer.Listening;

/// <summary>
/// A number that a seek raises. Bytes that were under way when the seek came belong to an earlier epoch, and nobody wants them.
/// </summary>
/// <remarks>
/// <see cref="FetchProgress"/> raises it, and the entrance of the SongFetchActor drops every <see cref="IEpochMessage"/> of an earlier one.
/// Nobody else compares epochs: see docs/decisions/0025-one-filter-for-epochs.md.
/// </remarks>
internal readonly record struct Epoch(int Number)
{
    /// <summary>The epoch after this one.</summary>
    public Epoch Next => new(Number + 1);
}

/// <summary>A message to a SongFetchActor that is worth nothing after a seek.</summary>
internal interface IEpochMessage
{
    /// <summary>The epoch in which the work began.</summary>
    Epoch Epoch { get; }
}
