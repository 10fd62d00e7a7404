using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests.Gateway;

/// <summary>The songs that the tests of the page share: some albums, and tags that attack the page.</summary>
public static class PageSongs
{
    /// <summary>Titles that break a page that parses or lays them out carelessly, and the text that the page must show.</summary>
    public static readonly IReadOnlyList<(string Tag, string Shown)> Hostile =
    [
        ("<img src=x onerror=window.hit=1>", "<img src=x onerror=window.hit=1>"),
        ("</script><script>window.hit=1</script>", "</script><script>window.hit=1</script>"),
        ("\u202Eevil\u202C \u2066isolated", "evil isolated"),
        (new string('W', 2_000), new string('W', 511)),
    ];

    /// <summary>The titles of the songs with ordinary tags, as the page sorts them.</summary>
    public static readonly IReadOnlyList<string> Ordinary =
        ["Amber morning", "Basalt steps", "Copper lines", "Dusk over water", "Echo of rain"];

    /// <summary>The name of a live feed with all songs.</summary>
    public const string Feed = "Owl <b>radio</b>";

    /// <summary>The length of each song.</summary>
    public const int Seconds = 60;

    /// <summary>The only song that ReplayGain changes: the track gain halves its amplitude, and the album gain quarters it.</summary>
    public const string Loud = "Amber morning";

    // Two albums by two artists, and one of each for every attack.
    private static readonly (string Title, string Artist, string Album, string Genre)[] Tags =
    [
        .. Ordinary.Take(3).Select(title => (title, "The Lamps", "First light", "Folk")),
        .. Ordinary.Skip(3).Select(title => (title, "Nora Field", "Evenings", "Jazz")),
        .. Hostile.Select(each => (each.Tag, each.Tag, each.Tag, each.Tag)),
    ];

    private static readonly Lazy<Task<IReadOnlyList<byte[]>>> All = new(MakeAsync);

    /// <summary>The number of songs.</summary>
    public static int Count => Tags.Length;

    /// <summary>Writes the songs to a peer's music folder.</summary>
    public static async Task ShareAsync(Stage stage, string peer)
    {
        foreach (var (index, song) in (await All.Value).Index())
            stage.Share(peer, $"{index}.mp3", song);
    }

    private static async Task<IReadOnlyList<byte[]>> MakeAsync()
    {
        var songs = new List<byte[]>();
        foreach (var (index, (title, artist, album, genre)) in Tags.Index())
        {
            (string Key, string Value)[] items =
            [
                ("Title", title), ("Artist", artist), ("Album", album), ("Genre", genre), ("Year", "2001"), ("Track", $"{index + 1}"),
                ("REPLAYGAIN_TRACK_GAIN", title == Loud ? "-6.02 dB" : "0 dB"),
                ("REPLAYGAIN_ALBUM_GAIN", title == Loud ? "-12.04 dB" : "0 dB"),
            ];
            var tag = TagBytes.Ape(items);
            songs.Add([.. await Songs.ToneAsync(300 + 10 * index, Seconds), .. tag]);
        }

        return songs;
    }
}
