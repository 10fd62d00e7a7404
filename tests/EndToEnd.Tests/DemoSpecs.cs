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
}
