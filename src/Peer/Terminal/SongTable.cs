using TspActors.Protocol;

namespace TspActors.Peer.Terminal;

/// <summary>Formats songs as a table.</summary>
internal static class SongTable
{
    private static readonly TextTable<Song> Table = new(
    [
        new("id", song => $"{song.Id}", IsText: false),
        new("title", song => song.Tags?.Title ?? "", IsText: true),
        new("artist", song => song.Tags?.Artist ?? "", IsText: true, MinTableWidth: 40),
        new("album", song => song.Tags?.Album ?? "", IsText: true, MinTableWidth: 72),
        new("track", SongText.Track, IsText: false, MinTableWidth: 88),
        new("time", SongText.Duration, IsText: false),
        new("hosts", SongText.Hosts, IsText: true, MinTableWidth: 56),
    ]);

    /// <summary>Returns the heading and a line for each song, none wider than <paramref name="width"/> cells.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<Song> songs, int width) => Table.Lines(songs, width);
}
