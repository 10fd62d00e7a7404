using System.Text.Json;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests.Gateway;

/// <summary>Checks live feeds over HTTP with real programs and sockets.</summary>
public sealed class GatewayLiveSpecs
{
    [NeedsFact("lame", "ffmpeg")]
    public async Task Ffmpeg_plays_a_station_with_its_titles_and_two_players_need_one_stream()
    {
        await using var stage = new Stage();
        var tag = TagBytes.Ape(("Title", "Dos"), ("Artist", "Ana"));
        stage.Share("anna", "a.mp3", [.. await Songs.ToneAsync(440, 60), .. tag]);
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "anna", "TSP__PEER__LIVE__FEEDS__0=Radio=station:");
        using var gateway = await GatewayProgram.StartAsync(stage, tracker, "gate", 1);
        var station = await StationAsync(gateway);
        Assert.Equal("Radio", station.GetProperty("name").GetString());
        var url = new Uri(station.GetProperty("streamUrl").GetString()!);

        using var other = await gateway.Http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("Radio", other.EnsureSuccessStatusCode().Headers.GetValues("icy-name").Single());
        // Within twelve seconds there are several titles, and all but the first are empty.
        var player = stage.StartNative("ffmpeg", [
            "-nostdin", "-hide_banner", "-v", "verbose", "-xerror", "-err_detect", "explode", "-icy", "1", "-i", url.ToString(), "-t", "12",
            "-f", "null", "-",
        ]);
        await player.ReportsAsync(@"StreamTitle\s*:\s*Ana\W+Dos");
        await Catalog.StreamsAsync(tracker, "anna", 1);
        await player.ExitsWithAsync(0);
        Assert.Matches("icy-name *: Radio", player.Errors.Text);
        Assert.DoesNotMatch("(?i)invalid|error while|header missing", player.Errors.Text);

        other.Dispose();
        // The gateway leaves the feed some time after the last player.
        await Catalog.StreamsAsync(tracker, "anna", 0);
    }

    // The feed is in the catalog a moment after the songs.
    private static async Task<JsonElement> StationAsync(GatewayProgram gateway)
    {
        using var deadline = new CancellationTokenSource(ProgramProcess.Deadline);
        while (true)
        {
            var answer = await gateway.CallAsync("getInternetRadioStations", cancellation: deadline.Token);
            foreach (var station in answer.GetProperty("internetRadioStations").GetProperty("internetRadioStation").EnumerateArray())
                return station;
        }
    }
}
