using TspActors.Peer.Listening;

namespace TspActors.Peer.Saving;

/// <summary>The songs that are being saved and those waiting for their turn.</summary>
/// <param name="maxRunning">The maximum number of saves that run at the same time. <see cref="Start"/> ignores this limit.</param>
/// <param name="maxWaiting">The maximum number of waiting songs.</param>
internal sealed class SaveQueue(int maxRunning, int maxWaiting)
{
    private readonly List<Save> _running = [];
    private readonly Queue<SaveSong> _waiting = new();

    /// <summary>The saves that have started but not finished.</summary>
    public IReadOnlyList<Save> Running => _running;

    /// <summary>The number of waiting songs.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Whether no song is being saved or waiting.</summary>
    public bool IsIdle => _running.Count == 0 && _waiting.Count == 0;

    /// <summary>The state to report. A running save is included once its song is known and its sink is open.</summary>
    public SavesStatus Status => new(
        [.. _running.Where(save => save is { Song: not null, Sink: ISavingSink }).Select(save => new SaveProgress(save.Song!,
            ((ISavingSink)save.Sink!).Written))],
        Waiting,
        IsIdle)
    {
        Next = [.. _waiting.Select(save => save.Song)],
    };

    /// <summary>Adds a song to the end of the queue.</summary>
    /// <returns>The reason why the song was not added; null if it was added.</returns>
    public string? TryAdd(SaveSong save)
    {
        var id = save.Song.Id;
        if (_running.Exists(running => running.Id == id) || _waiting.Any(waiting => waiting.Song.Id == id))
            return $"song {id} is already being saved";
        if (_waiting.Count >= maxWaiting)
            return maxWaiting == 1 ? "at most one song can wait to be saved" : $"at most {maxWaiting} songs can wait to be saved";
        _waiting.Enqueue(save);
        return null;
    }

    /// <summary>Starts the next waiting song if the limit allows another one.</summary>
    /// <returns>The save and its order; null if nothing can start.</returns>
    public (Save Save, SaveSong Order)? StartNext()
    {
        if (_running.Count >= maxRunning || !_waiting.TryDequeue(out var next))
            return null;
        var save = new Save(next.Song.Id) { Song = next.Song };
        _running.Add(save);
        return (save, next);
    }

    /// <summary>Adds a save regardless of the limit. The save still counts towards it.</summary>
    public void Start(Save save) => _running.Add(save);

    /// <summary>Removes a finished save.</summary>
    public void End(Save save) => _running.Remove(save);

    /// <summary>Drops a waiting song.</summary>
    /// <returns>False if it was not waiting.</returns>
    public bool Drop(int id)
    {
        var left = _waiting.Where(waiting => waiting.Song.Id != id).ToList();
        var isDropped = left.Count < _waiting.Count;
        _waiting.Clear();
        foreach (var save in left)
            _waiting.Enqueue(save);
        return isDropped;
    }

    /// <summary>Drops the waiting songs.</summary>
    public void Clear() => _waiting.Clear();
}
