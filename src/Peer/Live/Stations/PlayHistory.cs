namespace TspActors.Peer.Live.Stations;

/// <summary>One play: the song, and the number of the play, counted from the station's first one.</summary>
internal readonly record struct Play(ulong Key, long Number);

/// <summary>The last play of each song, for the most recently played songs.</summary>
internal sealed class PlayHistory
{
    /// <summary>The maximum number of songs that are remembered: several weeks of music.</summary>
    public const int MaxSongs = 10_000;

    private readonly Dictionary<ulong, long> _last = [];
    private readonly Queue<Play> _plays = new();

    /// <summary>The number of the play after which all plays are remembered; 0 = all plays are remembered.</summary>
    public long KnownSince { get; private set; }

    /// <summary>The last play of each remembered song, oldest first.</summary>
    public IEnumerable<Play> Plays => _plays.Where(IsLast);

    public long? LastOf(ulong key) => _last.TryGetValue(key, out var number) ? number : null;

    /// <summary>Adds a play. Its number must be higher than those of all earlier plays.</summary>
    public void Add(Play play)
    {
        _last[play.Key] = play.Number;
        _plays.Enqueue(play);
        // Earlier plays of the same song are dropped once they are the oldest, or once they make up the majority.
        while (_plays.TryPeek(out var oldest) && (!IsLast(oldest) || _last.Count > MaxSongs))
        {
            _plays.Dequeue();
            if (!IsLast(oldest))
                continue;
            _last.Remove(oldest.Key);
            KnownSince = oldest.Number;
        }

        if (_plays.Count <= 2 * _last.Count + 16)
            return;
        var kept = Plays.ToList();
        _plays.Clear();
        foreach (var each in kept)
            _plays.Enqueue(each);
    }

    /// <summary>Restores the plays that were remembered before a restart.</summary>
    public void Restore(IReadOnlyList<Play> plays)
    {
        // A full list was probably truncated.
        if (plays.Count == MaxSongs)
            KnownSince = plays[0].Number;
        foreach (var play in plays)
            Add(play);
    }

    private bool IsLast(Play play) => _last.TryGetValue(play.Key, out var number) && number == play.Number;
}
