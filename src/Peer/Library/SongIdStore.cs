using Akka.Event;
using TspActors.Media.Library;
using TspActors.Protocol;

namespace TspActors.Peer.Library;

/// <summary>Saves song ids in the library index, in the background and in order, so that the newest id of a song wins.</summary>
internal sealed class SongIdStore(LibraryIndex index, ILoggingAdapter log)
{
    // Only one save runs at a time, so this needs no lock.
    private readonly LastingFault _fault = new();
    private Task _saving = Task.CompletedTask;

    /// <summary>Completes when all saves begun so far have ended.</summary>
    public Task Saved => _saving;

    /// <summary>
    /// Saves ids, after those from all earlier calls. A lasting failure is logged once; the ids are then unknown after a restart.
    /// </summary>
    /// <param name="ids">The ids.</param>
    /// <param name="receipts">The receipts for the ids.</param>
    public void Save(IReadOnlyDictionary<ContentHash, int> ids, IReadOnlyDictionary<ContentHash, IdReceipt> receipts) =>
        _saving = SaveAsync(_saving, ids, receipts);

    private async Task SaveAsync(
        Task before, IReadOnlyDictionary<ContentHash, int> ids, IReadOnlyDictionary<ContentHash, IdReceipt> receipts)
    {
        await before.ConfigureAwait(false);
        try
        {
            await Task.Run(() => index.PutSongIds([.. ids], receipts)).ConfigureAwait(false);
            if (_fault.End())
                log.Warning("Song ids can be saved again.");
        }
        catch (Exception error) when (error is LibraryIndexException or ObjectDisposedException)
        {
            if (_fault.Begin(error.Message))
                log.Warning("Could not save the ids of {0}: {1}", ids.Count == 1 ? "1 song" : $"{ids.Count} songs", error.Message);
        }
    }
}
