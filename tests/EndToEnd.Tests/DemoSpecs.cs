using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks the demo command.</summary>
public sealed class DemoSpecs
{
    [Fact]
    public async Task The_demo_lists_its_songs_plays_one_and_leaves_nothing_behind()
    {
        await using var stage = new Stage();
        var temporary = stage.Folder.Folder("tmp");

        var demo = stage.Start("Peer", ["demo", "--audio", "null"]);
        await demo.ReportsAsync("^peer ready on ");
        Assert.Single(Directory.GetDirectories(temporary, "tsp-demo-*"));
        await demo.TypeAsync("list");
        await demo.TypeAsync("play 1");
        await demo.ReportsAsync("^playing .* from (alice|bob)$");
        await demo.TypeAsync("stop");
        await demo.TypeAsync("quit");
        await demo.ExitsWithAsync(0);

        var songs = demo.Output.Lines;
        Assert.Equal(6, songs.Count);
        Assert.All(songs, song => Assert.Matches("^\\d\\t.*\\t(alice|bob|alice, bob|bob, alice)$", song));
        Assert.Single(songs, song => song.Contains(", ", StringComparison.Ordinal));
        Assert.Contains("stopped", demo.Errors.Lines);
        Assert.Empty(Directory.GetFileSystemEntries(temporary, "tsp-*"));
    }

    [Fact]
    public async Task The_demo_neither_starts_the_feeds_of_the_user_nor_applies_their_lists_of_listeners()
    {
        await using var stage = new Stage();
        var started = stage.Folder.In("started");

        var demo = stage.Start(
            "Peer", ["demo", "--audio", "null", "--live", $"Line in=exec:touch {started}", "--live", "Mine=-"],
            ["TSP__PEER__HOSTING__ALLOW__0=anna=000102030405060708090a0b0c0d0e0f", "TSP__PEER__LIBRARY__EXCLUDE__0=*.mp3"]);
        await demo.ReportsAsync("^peer ready on ");
        await demo.TypeAsync("play 1");
        await demo.ReportsAsync("^playing .* from (alice|bob)$");
        await demo.AskAsync("list", "alice");
        await demo.TypeAsync("live");
        await demo.ReportsAsync("^this peer has no live feed");
        await demo.TypeAsync("quit");
        await demo.ExitsWithAsync(0);

        Assert.False(File.Exists(started));
    }
}
