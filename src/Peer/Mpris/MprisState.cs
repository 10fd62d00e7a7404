using System.Globalization;
using TspActors.Peer.Listening;
using TspActors.Protocol;

namespace TspActors.Peer.Mpris;

/// <summary>The properties of the <c>org.mpris.MediaPlayer2.Player</c> interface, except for the position.</summary>
internal sealed record MprisState
{
    /// <summary>The state of a player that is playing nothing.</summary>
    public static MprisState Stopped { get; } = From(new PlaybackStatus(null, null, TimeSpan.Zero, false, 100, 0, 0, []));

    /// <summary>Playing, Paused or Stopped.</summary>
    public required string PlaybackStatus { get; init; }

    /// <summary>None, Track or Playlist.</summary>
    public required string LoopStatus { get; init; }

    /// <summary>The volume, 0 to 1.</summary>
    public required double Volume { get; init; }

    /// <summary>The known details of the song; empty if none is playing.</summary>
    public required IReadOnlyList<KeyValuePair<string, object>> Metadata { get; init; }

    /// <summary>Whether there is a next song.</summary>
    public required bool CanGoNext { get; init; }

    /// <summary>Whether there is a previous song.</summary>
    public required bool CanGoPrevious { get; init; }

    /// <summary>Whether there is anything to play.</summary>
    public required bool CanPlay { get; init; }

    /// <summary>Whether seeking is possible in the current song.</summary>
    public required bool CanSeek { get; init; }

    /// <summary>Returns the state of a player.</summary>
    public static MprisState From(PlaybackStatus status) => new()
    {
        PlaybackStatus = status.IsIdle || status.Current is null ? "Stopped" : status.Paused ? "Paused" : "Playing",
        LoopStatus = status.Repeat switch
        {
            RepeatMode.One => "Track",
            RepeatMode.All => "Playlist",
            _ => "None",
        },
        Volume = status.Volume / 100.0,
        Metadata = [.. Describe(status)],
        CanGoNext = status.HasNext,
        CanGoPrevious = status.HasPrevious || status.Song is { Live: false },
        CanPlay = status.Current is not null || status.Queue.Count > 0,
        CanSeek = status.Song is { Live: false },
    };

    /// <summary>The object path that identifies the current song on the bus.</summary>
    public static string TrackId(PlaybackStatus status) => string.Create(
        CultureInfo.InvariantCulture, $"/io/github/tspactors/song/{status.Current?.Id ?? 0}");

    /// <summary>Returns the names and values of all properties.</summary>
    public IReadOnlyList<KeyValuePair<string, object>> Properties() =>
    [
        new("PlaybackStatus", PlaybackStatus), new("LoopStatus", LoopStatus), new("Rate", 1.0), new("MinimumRate", 1.0),
        new("MaximumRate", 1.0), new("Metadata", Metadata), new("Volume", Volume), new("CanGoNext", CanGoNext),
        new("CanGoPrevious", CanGoPrevious), new("CanPlay", CanPlay), new("CanPause", CanPlay), new("CanSeek", CanSeek),
        new("CanControl", true),
    ];

    /// <summary>Returns the properties whose values differ from those of an earlier state.</summary>
    public IReadOnlyList<KeyValuePair<string, object>> ChangesSince(MprisState earlier) =>
    [
        .. Properties().Zip(earlier.Properties()).Where(pair => !AreEqual(pair.First.Value, pair.Second.Value)).Select(pair => pair.First),
    ];

    private static bool AreEqual(object left, object right) => (left, right) switch
    {
        (IReadOnlyList<KeyValuePair<string, object>> one, IReadOnlyList<KeyValuePair<string, object>> other) =>
            one.Count == other.Count
                && one.Zip(other).All(pair => pair.First.Key == pair.Second.Key && AreEqual(pair.First.Value, pair.Second.Value)),
        (string[] one, string[] other) => one.SequenceEqual(other),
        _ => left.Equals(right),
    };

    private static IEnumerable<KeyValuePair<string, object>> Describe(PlaybackStatus status)
    {
        if (status.Current is not { } entry)
            yield break;
        yield return new("mpris:trackid", new MprisPath(TrackId(status)));
        if (status.Song is not { } song)
        {
            yield return new("xesam:title", MprisText.Clean(entry.Title));
            yield break;
        }

        var tags = song.Tags ?? new SongTags();
        if (song.Format is { DurationMs: > 0 } format && !song.Live)
            yield return new("mpris:length", format.DurationMs * 1_000L);
        var isTitled = song.Live && status.NowPlaying.Length > 0;
        var texts = new (string Key, string Text, bool IsList)[]
        {
            ("xesam:title", isTitled ? status.NowPlaying : tags.Title.Length > 0 ? tags.Title : entry.Title, false),
            ("xesam:artist", tags.Artist, true),
            ("xesam:album", isTitled ? tags.Title : tags.Album, false),
            ("xesam:albumArtist", tags.AlbumArtist, true),
            ("xesam:genre", tags.Genre, true),
        };
        foreach (var (key, text, isList) in texts)
        {
            if (MprisText.Clean(text) is { Length: > 0 } clean)
                yield return new(key, isList ? new[] { clean } : clean);
        }

        if (tags.Track is > 0 and <= int.MaxValue)
            yield return new("xesam:trackNumber", (int)tags.Track);
        if (tags.Disc is > 0 and <= int.MaxValue)
            yield return new("xesam:discNumber", (int)tags.Disc);
    }
}

/// <summary>The path of an object on the bus. D-Bus has a separate type for paths.</summary>
internal sealed record MprisPath(string Text);
