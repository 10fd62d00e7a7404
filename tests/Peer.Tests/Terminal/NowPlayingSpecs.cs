using FsCheck;
using FsCheck.Xunit;
using Spectre.Console.Rendering;
using TspActors.Peer.Listening;
using TspActors.Peer.Terminal;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Terminal;

/// <summary>Checks the line that shows the current song, on terminals of any width.</summary>
public sealed class NowPlayingSpecs
{
    [Property]
    public void The_line_fits_every_width_whatever_the_tags_are(
        NonNull<string> title, string? artist, string? host, uint duration, uint position, bool paused)
    {
        for (var width = 20; width <= 200; width += 9)
            AssertFits(NowPlaying.Line(Status(title.Get, artist ?? "", host ?? "", duration, position, paused), width)!, width);
    }

    [Theory]
    [InlineData("提灯の庭、とても長い題名のうたをここにもういちど書きます", "夜の列車")]
    [InlineData("🎵🎶🎵🎶🎵🎶🎵🎶🎵🎶🎵🎶🎵🎶🎵🎶🎵🎶🎵🎶🎵🎶🎵🎶🎵🎶🎵🎶", "🎸")]
    [InlineData("e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301",
        "")]
    [InlineData("\e[31mred\e[0m\r\n\u202Eevil\u2028", "\a\b\t")]
    public void Wide_and_malicious_characters_also_fit(string title, string artist)
    {
        for (var width = 20; width <= 200; width++)
            AssertFits(NowPlaying.Line(Status(title, artist, "ann", 200_000, 63_000, false), width)!, width);
    }

    [Fact]
    public void The_line_shows_the_name_a_progress_bar_the_times_and_the_host()
    {
        var line = NowPlaying.Line(Status("Snowmelt Waltz", "Bob", "alice", 120_000, 60_000, false), 120);

        Assert.Equal("▶ Bob – Snowmelt Waltz  ━━━━━━━━━━──────────  1:00 / 2:00  +12 s  from alice", line);
    }

    [Fact]
    public void A_narrow_line_keeps_the_times_and_truncates_the_name()
    {
        var line = NowPlaying.Line(Status("A very long name of a song indeed", "", "alice", 120_000, 60_000, paused: true), 30);

        Assert.Equal("‖ A very long na…  1:00 / 2:00", line);
    }

    [Theory]
    [InlineData(80, "▶ The Quiet Actors – Paper Lanterns…  ━━━━━─────  1:00 / 2:00  +12 s  from alice")]
    [InlineData(60, "▶ The Quiet Actors – Paper …  ━━━━━─────  1:00 / 2:00  +12 s")]
    [InlineData(45, "▶ The Quiet Actors – Paper Lant…  1:00 / 2:00")]
    public void Less_important_details_are_dropped_on_narrow_terminals(int width, string line) =>
        Assert.Equal(
            line, NowPlaying.Line(Status("Paper Lanterns in the Evening", "The Quiet Actors", "alice", 120_000, 60_000, false), width));

    [Fact]
    public void Stalls_are_shown_if_there_are_any()
    {
        var status = Status("Waltz", "", "alice", 120_000, 60_001, false);

        Assert.EndsWith("  stalls 3", NowPlaying.Line(status, 120), StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_no_line_when_nothing_is_playing() =>
        Assert.Null(NowPlaying.Line(new PlaybackStatus(null, null, TimeSpan.Zero, false, 100, 0, 0, []), 80));

    private static PlaybackStatus Status(string title, string artist, string host, uint duration, uint position, bool paused)
    {
        var song = new Song
        {
            Id = 1,
            Tags = new SongTags { Title = Valid(title), Artist = Valid(artist) },
            Format = new AudioFormat { DurationMs = duration }
        };
        return new PlaybackStatus(
            song, new Host { Name = Valid(host) }, TimeSpan.FromMilliseconds(position), paused, 100, 0, 3 * (position % 2 == 1 ? 1 : 0), [])
        {
            Buffered = TimeSpan.FromSeconds(12.9),
        };
    }

    // A protobuf string contains no unpaired surrogates.
    private static string Valid(string text) => string.Concat(text.EnumerateRunes());

    private static void AssertFits(string line, int width)
    {
        Assert.True(new Segment(line).CellCount() <= width, $"{new Segment(line).CellCount()} cells in {width}: {line}");
        Assert.DoesNotContain(line, char.IsControl);
        Assert.Equal(line, Valid(line));
    }
}
