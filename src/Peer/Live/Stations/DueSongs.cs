using System.Diagnostics.CodeAnalysis;

namespace TspActors.Peer.Live.Stations;

/// <summary>A song in a shuffled rotation.</summary>
internal sealed class DueSong(RotationSong song)
{
    public RotationSong Song { get; } = song;

    /// <summary>The number of the song's last play; null = it has never been played.</summary>
    public long? Last { get; set; }

    /// <summary>For a song that has never been played: the number of the play from which its due play is counted.</summary>
    public long Since { get; init; }

    /// <summary>
    /// The number of the play at which the song is due. It must not change while the song is in a <see cref="DueSongs"/>.
    /// </summary>
    public double Due { get; set; }
}

/// <summary>
/// The songs that may be played now, most urgent first, with quick access to the most urgent one that is not by a given artist.
/// </summary>
internal sealed class DueSongs
{
    private static readonly Comparer<DueSong> ByDue = Comparer<DueSong>.Create((left, right) =>
        left.Due.CompareTo(right.Due) is var order and not 0 ? order : left.Song.Key.CompareTo(right.Song.Key));

    private readonly Dictionary<string, SortedSet<DueSong>> _ofArtist = [];
    private readonly SortedSet<DueSong> _firstOfEachArtist = new(ByDue);

    public void Add(DueSong song)
    {
        if (!_ofArtist.TryGetValue(song.Song.Artist, out var songs))
            _ofArtist[song.Song.Artist] = songs = new SortedSet<DueSong>(ByDue);
        var first = songs.Min;
        if (!songs.Add(song) || songs.Min == first)
            return;
        if (first is not null)
            _firstOfEachArtist.Remove(first);
        _firstOfEachArtist.Add(song);
    }

    /// <summary>Removes the most urgent song by a different artist; if there is none, removes the most urgent song.</summary>
    /// <param name="previousArtist">The artist to avoid; empty = none.</param>
    /// <param name="song">The song.</param>
    /// <returns>False if there are no songs.</returns>
    public bool TryTake(string previousArtist, [NotNullWhen(true)] out DueSong? song)
    {
        song = _firstOfEachArtist.Min;
        if (song is null)
            return false;
        if (previousArtist.Length > 0 && song.Song.Artist == previousArtist)
            song = _firstOfEachArtist.Skip(1).FirstOrDefault() ?? song;
        var songs = _ofArtist[song.Song.Artist];
        songs.Remove(song);
        _firstOfEachArtist.Remove(song);
        if (songs.Min is { } next)
            _firstOfEachArtist.Add(next);
        else
            _ofArtist.Remove(song.Song.Artist);
        return true;
    }
}
