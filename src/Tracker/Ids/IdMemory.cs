namespace TspActors.Tracker.Ids;

/// <summary>The keys and song ids that a tracker keeps from one run to the next (docs/decisions/0041).</summary>
/// <param name="Keys">The keys that sign receipts.</param>
/// <param name="Offers">Decides which offers of ids are honoured.</param>
/// <param name="Folder">The data folder; null = nothing is kept.</param>
internal sealed record IdMemory(ReceiptKeys Keys, OfferRule Offers, TrackerFolder? Folder = null) : IDisposable
{
    /// <summary>The file that keeps the ids; null = there is none.</summary>
    public IdStore? Store => Folder?.Ids;

    /// <summary>
    /// New ids of a single tracker are higher than this one. If ids were lost, the first million is skipped, so that no lost id is given to
    /// a different song.
    /// </summary>
    public int StartAbove => Folder is { HasLostIds: true } ? 1_000_000 : 0;

    /// <summary>Opens the data folder, if one is configured.</summary>
    /// <param name="settings">The tracker's settings.</param>
    /// <param name="keys">The keys to use if there is no data folder.</param>
    /// <param name="warn">Receives messages that an operator must see.</param>
    /// <exception cref="IOException">The data folder cannot be used; the message says why and what to do.</exception>
    public static IdMemory Open(TrackerSettings settings, ReceiptKeys keys, Action<string> warn)
    {
        var folder = settings.DataFolder is { } path
            ? TrackerFolder.Open(path, settings.Catalog.Songs, warn, keys.AreShared ? keys : null)
            : null;
        keys = folder?.Keys ?? keys;
        return new IdMemory(
            keys, keys.MayHaveSigned ? new OfferRule(settings.IdOfferWait, TimeProvider.System) : OfferRule.AtOnce, folder);
    }

    public void Dispose() => Folder?.Dispose();
}
