namespace TspActors.Tracker.Ids;

/// <summary>What a tracker knows of song ids from before its start, and what it keeps for the next one (docs/decisions/0041).</summary>
/// <param name="Keys">The keys of receipts.</param>
/// <param name="Offers">Which offers of ids count.</param>
/// <param name="Folder">The data folder; null = nothing is kept.</param>
internal sealed record IdMemory(ReceiptKeys Keys, OfferRule Offers, TrackerFolder? Folder = null) : IDisposable
{
    /// <summary>Where the ids are kept; null = nowhere.</summary>
    public IdStore? Store => Folder?.Ids;

    /// <summary>
    /// New ids of a single tracker come from above this one. Below it are those that are lost, as long as no tracker was larger.
    /// </summary>
    public int StartAbove => Folder is { HasLostIds: true } ? 1_000_000 : 0;

    /// <summary>Opens the data folder, if there is to be one.</summary>
    /// <param name="settings">The tracker's settings.</param>
    /// <param name="keys">The keys where there is no data folder.</param>
    /// <param name="warn">Gets what an operator must know.</param>
    /// <exception cref="IOException">The data folder cannot be used; the message says why and what to do.</exception>
    public static IdMemory Open(TrackerSettings settings, ReceiptKeys keys, Action<string> warn)
    {
        var folder = settings.DataFolder is { } path ? TrackerFolder.Open(path, settings.Catalog.Songs, warn, keys.AreShared ? keys : null) : null;
        keys = folder?.Keys ?? keys;
        return new IdMemory(
            keys, keys.MayHaveSigned ? new OfferRule(settings.IdOfferWait, TimeProvider.System) : OfferRule.AtOnce, folder);
    }

    public void Dispose() => Folder?.Dispose();
}
