namespace TspActors.Peer.Live.Stations;

/// <summary>
/// Plays the songs in random order. No song is played again before 80% of the songs have been played. Each song is by a different artist
/// from the one before it, unless all the songs that may be played are by that artist.
/// </summary>
/// <remarks>
/// Each song is due at a random play: between 0.8 and 1.2 times the number of songs after its last play, or, for a song that has never been
/// played, within as many plays as there are songs. The most urgent song is played. The order therefore depends only on the seed and on
/// earlier plays, no song waits forever, and the cost of a play grows only with the logarithm of the number of songs.
/// </remarks>
internal sealed class ShuffledOrder(ulong seed) : IRunningOrder
{
    private const double Rest = 0.8;
    private const double Spread = 0.4;

    private Dictionary<ulong, DueSong> _songs = [];
    private DueSongs _due = new();
    private Queue<DueSong> _resting = new();

    /// <summary>The number of plays after which a song may be played again, including the song's own play.</summary>
    public static long RestOf(int songs) => (songs * 4L + 4) / 5;

    public void Update(IReadOnlyList<RotationSong> songs, PlayHistory history, long played)
    {
        var isFirst = _songs.Count == 0;
        var former = _songs;
        (_songs, _due) = (new Dictionary<ulong, DueSong>(songs.Count), new DueSongs());
        var resting = new List<DueSong>();
        // If the station has played fewer than two rounds when it starts, songs that have never been played are due in the first round.
        var since = !isFirst ? played : songs.Count == 0 || played < 2L * songs.Count ? 0 : played / songs.Count * songs.Count;
        foreach (var song in songs)
        {
            var known = former.GetValueOrDefault(song.Key);
            var entry = new DueSong(song)
            {
                Since = known?.Since ?? since,
                Last = known?.Last ?? history.LastOf(song.Key)
                    ?? (isFirst ? ForgottenPlay(song.Key, songs.Count, history.KnownSince) : null),
            };
            if (!_songs.TryAdd(song.Key, entry))
                continue;
            entry.Due = DueOf(entry, songs.Count);
            if (entry.Last is null)
                _due.Add(entry);
            else
                resting.Add(entry);
        }

        _resting = new Queue<DueSong>(resting.OrderBy(entry => entry.Last).ThenBy(entry => entry.Song.Key));
    }

    public RotationSong? Next(long number, RotationSong? previous)
    {
        while (_resting.TryPeek(out var rested) && number - rested.Last >= RestOf(_songs.Count))
            _due.Add(_resting.Dequeue());
        if (!_due.TryTake(previous?.Artist ?? "", out var chosen) && !_resting.TryDequeue(out chosen))
            return null;
        chosen.Last = number;
        chosen.Due = DueOf(chosen, _songs.Count);
        _resting.Enqueue(chosen);
        return chosen.Song;
    }

    private double DueOf(DueSong song, int songs) => song.Last is { } last
        ? last + songs * (Rest + Spread * RotationChance.Of(seed, song.Song.Key, last))
        : song.Since + songs * RotationChance.Of(seed, song.Song.Key, 0);

    // After a restart, the oldest plays of a large library are no longer known. Songs that were due during those plays are assumed to have
    // been played.
    private long? ForgottenPlay(ulong key, int songs, long knownSince)
    {
        var due = songs * RotationChance.Of(seed, key, 0);
        return due >= knownSince ? null : (long)(due + Math.Floor((knownSince - due) / songs) * songs);
    }
}
