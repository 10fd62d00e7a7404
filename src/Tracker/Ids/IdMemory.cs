using TspActors.Tracker.Clustering;

namespace TspActors.Tracker.Ids;

/// <summary>The keys and song ids that a tracker keeps from one run to the next (docs/decisions/0041).</summary>
/// <param name="Keys">The keys that sign receipts.</param>
/// <param name="Offers">Decides which offers of ids are honoured.</param>
/// <param name="Folder">The data folder; null = nothing is stored on disk.</param>
internal sealed record IdMemory(ReceiptKeys Keys, OfferRule Offers, TrackerFolder? Folder = null) : IDisposable
{
    /// <summary>
    /// How many ids above the last known counter of an earlier membership may have been given out without this tracker's knowledge.
    /// </summary>
    private const int PossiblyMissed = 1_000;

    private readonly IdTable _table = new();

    /// <summary>
    /// The ids of a tracker in a cluster. They outlive its membership, so that the tracker still has them when it rejoins.
    /// </summary>
    public IdTable Table
    {
        get => _table;
        init => (_table, Mark) = (value, value.Counter == 0 ? 0 : (int)Math.Min(int.MaxValue, value.Counter + (long)PossiblyMissed));
    }

    /// <summary>Ids up to this one may have been given out before the tracker joined its cluster; 0 = none are known.</summary>
    public int Mark
    {
        get => Math.Max(field, Store?.Mark ?? 0);
        private init;
    }

    /// <summary>The file that stores the ids; null = there is none.</summary>
    public IdStore? Store => Folder?.Ids;

    /// <summary>
    /// New ids of a single tracker are higher than this one. If ids were lost, the first million ids are skipped, so that no lost id is
    /// given to a different song.
    /// </summary>
    public int StartAbove => Folder is { HasLostIds: true } ? 1_000_000 : 0;

    /// <summary>Opens the data folder, if one is configured.</summary>
    /// <param name="settings">The tracker's settings.</param>
    /// <param name="keys">The keys to use if there is no data folder.</param>
    /// <param name="table">The ids of an earlier membership in the cluster; null = there was none.</param>
    /// <param name="warn">Receives messages that an operator must see.</param>
    /// <exception cref="IOException">The data folder cannot be used; the message says why and what to do.</exception>
    public static IdMemory Open(TrackerSettings settings, ReceiptKeys keys, IdTable? table, Action<string> warn)
    {
        var folder = settings.DataFolder is { } path
            ? TrackerFolder.Open(path, settings.Catalog.Songs, warn, keys.AreShared ? keys : null)
            : null;
        keys = folder?.Keys ?? keys;
        return new IdMemory(
            keys, keys.MayHaveSigned ? new OfferRule(settings.IdOfferWait, TimeProvider.System) : OfferRule.AtOnce, folder)
        {
            Table = table ?? new IdTable(),
        };
    }

    public void Dispose() => Folder?.Dispose();
}
