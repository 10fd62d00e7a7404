using TspActors.Peer.Terminal;
using TspActors.Peer.Tests.Material;

namespace TspActors.Peer.Tests.Terminal;

/// <summary>Checks the completion of commands, titles and choices with Tab, and the history of typed lines.</summary>
public sealed class CompleterSpecs : IDisposable
{
    private static readonly string[] Titles = ["Night Train", "Night Watch", "Snowmelt Waltz", "夜の列車", "🎵 one", "🎶 two"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("pl", "play ")]
    [InlineData("VOL", "volume ")]
    [InlineData("xx", "xx")]
    [InlineData("play 1", "play 1")]
    [InlineData("play sno", "play Snowmelt Waltz")]
    [InlineData("queue  SNOWMELT W", "queue  Snowmelt Waltz")]
    [InlineData("play ni", "play Night ")]
    [InlineData("play night w", "play Night Watch")]
    [InlineData("save 夜", "save 夜の列車")]
    [InlineData("play 🎵", "play 🎵 one")]
    [InlineData("play none", "play none")]
    [InlineData("repeat a", "repeat all")]
    [InlineData("library ", "library problems")]
    [InlineData("seek sno", "seek sno")]
    [InlineData("stop ", "stop ")]
    public void A_line_is_completed_as_far_as_it_is_unambiguous(string line, string completed) =>
        Assert.Equal(completed, Completer.Complete(line, Find).Line);

    [Fact]
    public void An_ambiguous_line_offers_choices()
    {
        Assert.Equal(["save", "saves", "seek", "shuffle", "status", "stop"], Completer.Complete("s", Find).Choices);
        Assert.Equal(["Night Train", "Night Watch"], Completer.Complete("play ni", Find).Choices);
        Assert.Equal(["all", "off", "one"], Completer.Complete("repeat ", Find).Choices);
        Assert.Empty(Completer.Complete("play sno", Find).Choices);
        Assert.Equal(
            13, Completer.Complete("play x", (_, most) => [.. Enumerable.Range(0, most).Select(number => $"x{number}")]).Choices.Count);
    }

    [Fact]
    public void The_history_is_kept_across_runs_in_order_and_is_bounded()
    {
        var path = _folder.In("history");
        var first = History.Load(path);
        foreach (var line in new[] { "list", "play 1", "play 1", " ", "stop" })
            first.Add(line);
        Assert.Equal(["list", "play 1", "stop"], History.Load(path).Lines);

        for (var number = 0; number < 600; number++)
            first.Add($"play {number}");
        var again = History.Load(path);
        Assert.Equal(500, again.Lines.Count);
        Assert.Equal("play 599", again.Lines[^1]);
    }

    [Fact]
    public void A_line_typed_in_an_earlier_run_can_be_recalled()
    {
        var line = new LineBuffer(["list", "play 1"]);

        line.HandleKey(new ConsoleKeyInfo('\0', ConsoleKey.UpArrow, false, false, false));
        line.HandleKey(new ConsoleKeyInfo('\0', ConsoleKey.UpArrow, false, false, false));

        Assert.Equal("list", line.Text);
    }

    [Fact]
    public void A_history_that_cannot_be_written_is_reported()
    {
        var history = History.Load(_folder.In("none", "history"));

        Assert.ThrowsAny<IOException>(() => history.Add("list"));
        Assert.Equal(["list"], history.Lines);
    }

    private static string[] Find(string beginning, int most) =>
        [.. Titles.Where(title => title.StartsWith(beginning, StringComparison.OrdinalIgnoreCase)).Take(most)];
}
