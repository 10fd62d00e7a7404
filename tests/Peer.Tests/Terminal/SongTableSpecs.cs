using FsCheck;
using FsCheck.Xunit;
using TspActors.Peer.Terminal;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Terminal;

/// <summary>Checks that a table of songs fits any terminal.</summary>
public sealed class SongTableSpecs
{
    [Fact]
    public void Each_song_is_a_line_below_the_heading() => Assert.Equal(
        [
            "id  title           artist  album     time  hosts",
            "────────────────────────────────────────────────────",
            " 1  Snowmelt Waltz  Bob     Melodies  2:00  ann",
            "12  夜の列車        提灯    Melodies  2:00  ann, ben",
        ],
        SongTable.Lines([Song(1, "Snowmelt Waltz", "Bob", "ann"), Song(12, "夜の列車", "提灯", "ann", "ben")], 80));

    [Fact]
    public void A_narrow_table_shows_fewer_columns_and_truncates_the_longest_text() => Assert.Equal(
        [
            "id  title                     artist        time",
            "────────────────────────────────────────────────",
            " 1  A very long name of a s…  Bob the Band  2:00",
        ],
        SongTable.Lines([Song(1, "A very long name of a song that goes on", "Bob the Band", "ann")], 48));

    [Theory]
    [InlineData(87, "id  title  artist  album     time  hosts", " 1  Sal    Bob     Melodies  2:00  ann")]
    [InlineData(88, "id  title  artist  album     track  time  hosts", " 1  Sal    Bob     Melodies   2.07  2:00  ann")]
    public void A_table_of_88_cells_or_more_shows_the_disc_and_the_track(int width, string heading, string row)
    {
        var song = Song(1, "Sal", "Bob", "ann");
        (song.Tags.Disc, song.Tags.Track) = (2, 7);

        var lines = SongTable.Lines([song], width).ToList();

        Assert.Equal((heading, row), (lines[0], lines[2]));
    }

    [Property]
    public void Every_line_fits_whatever_the_tags_are(NonNull<string>[] texts)
    {
        var songs = texts.Select((text, id) => Song(id + 1, text.Get, text.Get + "提灯", "h" + text.Get)).ToList();
        for (var width = 20; width <= 200; width += 15)
        {
            var lines = SongTable.Lines(songs, width).ToList();
            Assert.Equal(songs.Count + 2, lines.Count);
            Assert.All(lines, line => Assert.True(Cells.Measure(line) <= width, $"{Cells.Measure(line)} cells in {width}: {line}"));
            Assert.All(lines, line => Assert.DoesNotContain(line, char.IsControl));
        }
    }

    private static Song Song(int id, string title, string artist, params string[] hosts) => new()
    {
        Id = id,
        Tags = new SongTags { Title = Valid(title), Artist = Valid(artist), Album = "Melodies" },
        Format = new AudioFormat { DurationMs = 120_000 },
        Hosts = { hosts.Select(name => new Host { Name = Valid(name) }) },
    };

    // A protobuf string contains no unpaired surrogates.
    private static string Valid(string text) => string.Concat(text.EnumerateRunes());
}
