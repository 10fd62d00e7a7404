using TspActors.Peer.Listening;

namespace TspActors.Peer.Saving;

/// <summary>The songs that are being saved, and those that wait for a free place.</summary>
/// <param name="maxRunning">How many are saved at the same time. Songs that are fetched into somebody else's sink come on top.</param>
/// <param name="maxWaiting">How many may wait.</param>
internal sealed class SaveQueue(int maxRunning, int maxWaiting)
{
    private readonly List<Save> _running = [];
    private readonly Queue<SaveSong> _waiting = new();

    /// <summary>The saves that have begun, and are not over.</summary>
    public IReadOnlyList<Save> Running => _running;

    /// <summary>How many songs wait.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Nothing is being saved, nor waits.</summary>
    public bool IsIdle => _running.Count == 0 && _waiting.Count == 0;

    /// <summary>How far everything is.</summary>
    public SavesStatus Status => new(
        [.. _running.Where(save => save is { Song: not null, Sink: ISavingSink }).Select(save => new SaveProgress(save.Song!,
            ((ISavingSink)save.Sink!).Written))],
        Waiting,
        IsIdle);

    /// <summary>Adds a song behind those that wait.</summary>
    /// <returns>Why it is not added; null when it is.</returns>
    public string? TryAdd(SaveSong save)
    {
        var id = save.Song.Id;
        if (_running.Exists(running => running.Id == id) || _waiting.Any(waiting => waiting.Song.Id == id))
            return $"song {id} is being saved already";
        if (_waiting.Count >= maxWaiting)
            return $"at most {maxWaiting} songs can wait to be saved";
        _waiting.Enqueue(save);
        return null;
    }

    /// <summary>Starts the next song that waits, when a place is free.</summary>
    /// <returns>Its save and the folder; null when nothing can start.</returns>
    public (Save Save, string Folder)? StartNext()
    {
        if (_running.Count >= maxRunning || !_waiting.TryDequeue(out var next))
            return null;
        var save = new Save(next.Song.Id) { Song = next.Song };
        _running.Add(save);
        return (save, next.Folder);
    }

    /// <summary>Adds a save that needs no free place.</summary>
    public void Start(Save save) => _running.Add(save);

    /// <summary>Removes a save that is over.</summary>
    public void End(Save save) => _running.Remove(save);

    /// <summary>Drops the songs that wait.</summary>
    public void Clear() => _waiting.Clear();
}
