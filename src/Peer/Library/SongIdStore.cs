using Akka.Event;
using TspActors.Media.Library;
using TspActors.Protocol;

namespace TspActors.Peer.Library;

/// <summary>Saves song ids in the library index, in the background and in order, so that the newest id of a song wins.</summary>
internal sealed class SongIdStore(LibraryIndex index, ILoggingAdapter log)
{
    private readonly Lock _gate = new();
    // Only one save runs at a time, so this needs no lock.
    private readonly LastingFault _fault = new();
    private Dictionary<ContentHash, (int Id, IdReceipt Receipt)> _waiting = [];
    private Task _saving = Task.CompletedTask;

    /// <summary>Completes when all saves begun so far have finished.</summary>
    public Task Saved => _saving;

    /// <summary>
    /// Saves ids after those from all earlier calls. A persistent failure is logged once; the ids are then unknown after a restart.
    /// </summary>
    /// <remarks>
    /// The ids that arrive during a save are saved together afterwards. The memory that they use depends only on the number of songs, no
    /// matter how often the tracker changes their ids.
    /// </remarks>
    /// <param name="ids">The ids.</param>
    /// <param name="receipts">The receipts for the ids.</param>
    public void Save(IReadOnlyDictionary<ContentHash, int> ids, IReadOnlyDictionary<ContentHash, IdReceipt> receipts)
    {
        lock (_gate)
        {
            var isBegun = _waiting.Count > 0;
            foreach (var (hash, id) in ids)
                _waiting[hash] = (id, receipts.GetValueOrDefault(hash));
            if (!isBegun && _waiting.Count > 0)
                _saving = SaveAsync(_saving);
        }
    }

    private async Task SaveAsync(Task before)
    {
        await before.ConfigureAwait(false);
        await Task.Run(SaveWaiting).ConfigureAwait(false);
    }

    private void SaveWaiting()
    {
        Dictionary<ContentHash, (int Id, IdReceipt Receipt)> songs;
        lock (_gate)
            (songs, _waiting) = (_waiting, []);
        try
        {
            index.PutSongIds(
                [.. songs.Select(song => KeyValuePair.Create(song.Key, song.Value.Id))],
                songs.ToDictionary(song => song.Key, song => song.Value.Receipt));
            if (_fault.End())
                log.Warning("Song ids can be saved again.");
        }
        catch (Exception error) when (error is LibraryIndexException or ObjectDisposedException)
        {
            if (_fault.Begin(error.Message))
                log.Warning("Could not save the ids of {0}: {1}", songs.Count == 1 ? "1 song" : $"{songs.Count} songs", error.Message);
        }
    }
}
