using TspActors.Peer.Terminal;
using TspActors.Peer.Terminal.Commands;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Terminal;

/// <summary>Checks the arguments of the save command, and how its progress is shown.</summary>
public sealed class SaveTextSpecs
{
    [Theory]
    [InlineData("12", "12", "")]
    [InlineData("12 ~/Music", "12", "~/Music")]
    [InlineData("12 /tmp/with a space", "12", "/tmp/with a space")]
    [InlineData("12 monkeys", "12 monkeys", "")]
    [InlineData("12 monkeys .", "12 monkeys", ".")]
    [InlineData("snowmelt waltz", "snowmelt waltz", "")]
    [InlineData("snowmelt waltz ./here", "snowmelt waltz", "./here")]
    [InlineData("snowmelt ~", "snowmelt", "~")]
    [InlineData("/tmp", "/tmp", "")]
    [InlineData("Thunderstruck AC/DC", "Thunderstruck AC/DC", "")]
    [InlineData("Thunderstruck /usr/lib", "Thunderstruck", "/usr/lib")]
    [InlineData("Intro / Outro", "Intro / Outro", "")]
    [InlineData("Intro / Outro /usr/lib", "Intro / Outro", "/usr/lib")]
    [InlineData("Intro / Outro ~/no such folder", "Intro / Outro", "~/no such folder")]
    [InlineData("Sun ~ Moon", "Sun ~ Moon", "")]
    [InlineData("Wait . . .", "Wait . .", ".")]
    [InlineData("Wait .. more", "Wait .. more", "")]
    [InlineData("Part 1 /2", "Part 1 /2", "")]
    [InlineData("Part // end", "Part // end", "")]
    [InlineData("Face //off", "Face //off", "")]
    [InlineData("Thunderstruck /tmp/not-there", "Thunderstruck", "/tmp/not-there")]
    [InlineData("1999 AC/DC", "1999 AC/DC", "")]
    [InlineData("1999 / 2000", "1999 / 2000", "")]
    [InlineData("24 /7", "24 /7", "")]
    [InlineData("12 /tmp/not-there", "12", "/tmp/not-there")]
    [InlineData("12 /", "12", "/")]
    [InlineData("Re:Stacks De:Mix", "Re:Stacks De:Mix", "")]
    [InlineData("12 \"/tmp/with a space\"", "12", "/tmp/with a space")]
    [InlineData("12 13 /usr", "12 13", "/usr")]
    [InlineData("all river \"~/My Music\"", "all river", "~/My Music")]
    [InlineData("all river ~/Music/{artist}/{track} {title}", "all river", "~/Music/{artist}/{track} {title}")]
    [InlineData("\"a /usr b\"", "\"a /usr b\"", "")]
    [InlineData("12\" mixes", "12\" mixes", "")]
    [InlineData("12 {album}/{title}", "12", "{album}/{title}")]
    public void The_arguments_are_a_song_and_an_optional_folder(string argument, string what, string folder) =>
        Assert.Equal(new SaveArguments(what, folder), SaveArguments.Parse(argument));

    [Theory]
    [InlineData("~/Music", "~/Music", "")]
    [InlineData("~/Music/{artist}/{title}", "~/Music", "{artist}/{title}")]
    [InlineData("/{title}", "/", "{title}")]
    [InlineData("~/Music/by {artist}/all/{title}", "~/Music", "by {artist}/all/{title}")]
    [InlineData("{title}", "", "{title}")]
    [InlineData("", "", "")]
    public void A_pattern_begins_with_the_first_name_that_has_a_field(string target, string folder, string pattern) =>
        Assert.Equal((folder, pattern), SaveArguments.SplitPattern(target));

    [Fact]
    public void The_rate_covers_only_the_last_few_seconds()
    {
        var rate = new TransferRate();
        rate.Mark(TimeSpan.Zero, 0);
        rate.Mark(TimeSpan.FromMilliseconds(100), 1_000_000);
        Assert.Null(rate.BytesPerSecond);
        for (var second = 1; second <= 20; second++)
            rate.Mark(TimeSpan.FromSeconds(second), 1_000_000 + second * 50_000);

        Assert.Equal(50_000, rate.BytesPerSecond!.Value, tolerance: 1);
        Assert.Equal(10, rate.TimeFor(500_000)!.Value.TotalSeconds, tolerance: 0.01);
    }

    [Fact]
    public void At_a_rate_of_zero_the_time_left_is_unknown_and_a_lower_byte_count_resets_the_rate()
    {
        var rate = new TransferRate();
        rate.Mark(TimeSpan.Zero, 500);
        rate.Mark(TimeSpan.FromSeconds(1), 500);
        Assert.Equal(0, rate.BytesPerSecond);
        Assert.Null(rate.TimeFor(1));

        rate.Mark(TimeSpan.FromSeconds(2), 0);
        Assert.Null(rate.BytesPerSecond);
    }

    [Fact]
    public void Progress_is_shown_with_rate_and_time_left()
    {
        var rate = new TransferRate();
        rate.Mark(TimeSpan.Zero, 0);
        rate.Mark(TimeSpan.FromSeconds(1), 400_000);
        var song = new Song
        {
            Tags = new SongTags { Title = "Waltz", Artist = "Bob" },
            Format = new AudioFormat { PayloadBytes = 4_000_000 }
        };

        Assert.Equal("10 % of 4.0 MB, 400 kB/s, 0:09 left: Bob – Waltz", SaveDisplay.Text(song, 400_000, rate));
    }
}
