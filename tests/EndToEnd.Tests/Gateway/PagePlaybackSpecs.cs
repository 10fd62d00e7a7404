using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using static Microsoft.Playwright.Assertions;

namespace TspActors.EndToEnd.Tests.Gateway;

/// <summary>Checks listening with the web page, in a real browser.</summary>
public sealed class PagePlaybackSpecs(PageStage page) : IClassFixture<PageStage>
{
    [NeedsFact("lame", "chromium")]
    public async Task A_login_link_leads_to_the_songs_and_to_music_that_can_be_sought_and_skipped()
    {
        var gateway = await page.Gateway;
        var login = (await gateway.Peer.Process.ReportsAsync(@"(#login=\S+)$")).Groups[1].Value;
        await using var visit = await page.OpenAsync(gateway, login);
        await Expect(visit.Page.Locator("#main h1")).ToHaveTextAsync("Listen");
        Assert.Equal(gateway.Url.ToString(), visit.Page.Url);

        await visit.Page.Locator("#q").PressSequentiallyAsync("copp lam");
        await Expect(visit.Rows).ToHaveCountAsync(1);
        await visit.Rows.GetByRole(AriaRole.Button, new() { Name = "Play Copper lines" }).ClickAsync();
        await visit.HearsAsync("Copper lines · The Lamps");
        var shown = await visit.Page.EvaluateAsync<string[]>(
            "(({ title, artist, album }) => [title, artist, album])(navigator.mediaSession.metadata)");
        Assert.Equal(["Copper lines", "The Lamps", "First light"], shown);
        await visit.Page.Locator("#seek").FillAsync("30");
        await visit.UntilAsync("sound().currentTime > 30.5 && !sound().paused");
        await Expect(visit.Page.Locator("#at")).ToHaveTextAsync(new Regex("^0:[345]"));

        await visit.Page.Locator("#nav").GetByText("Songs").ClickAsync();
        await Expect(visit.Rows).ToHaveCountAsync(PageSongs.Count);
        await visit.Rows.GetByRole(AriaRole.Button, new() { Name = "Play Amber morning" }).ClickAsync();
        await visit.HearsAsync("Amber morning");
        await visit.Page.Locator("#next").ClickAsync();
        await visit.HearsAsync("Basalt steps");
        await Expect(visit.Page.Locator("#main tr[aria-current=true] .title")).ToHaveTextAsync("Basalt steps");
        await visit.Page.Locator("#toggle").ClickAsync();
        await visit.UntilAsync("sounds.every(each => each.paused)");
        // Later in a song, "previous" goes back to its start.
        await visit.Page.Locator("#seek").FillAsync("0");
        await visit.Page.Locator("#prev").ClickAsync();
        await visit.HearsAsync("Amber morning");
        visit.AssertNoFaults();
    }

    [NeedsFact("lame", "chromium")]
    public async Task A_song_that_ends_is_followed_by_the_next_one()
    {
        await using var visit = await page.OpenAsync(await page.Gateway);
        await visit.GoAsync(new PageView("#/songs", "tr.song"));
        await visit.Rows.GetByRole(AriaRole.Button, new() { Name = "Play Dusk over water" }).ClickAsync();
        await visit.HearsAsync("Dusk over water");
        await visit.Page.Locator("#seek").FillAsync($"{PageSongs.Seconds - 1}");
        await visit.HearsAsync("Echo of rain");
        visit.AssertNoFaults();
    }

    [NeedsFact("lame", "chromium")]
    public async Task Songs_are_equally_loud_if_the_listener_wants_that()
    {
        await using var visit = await page.OpenAsync(await page.Gateway);
        var slider = visit.Page.Locator("#volume");
        await visit.GoAsync(new PageView("#/songs", "tr.song"));
        await visit.Rows.GetByRole(AriaRole.Button, new() { Name = $"Play {PageSongs.Loud}" }).ClickAsync();
        await visit.HearsAsync(PageSongs.Loud);
        await LoudnessAsync(0.5);
        // The listener's own volume does not change.
        await Expect(slider).ToHaveValueAsync("100");
        await slider.FillAsync("60");
        await LoudnessAsync(0.3);

        await visit.GoAsync(new PageView("#/status", "h2"));
        await visit.Page.GetByText("Equal for all albums").ClickAsync();
        await LoudnessAsync(0.15);
        await visit.Page.GetByText("As the songs are").ClickAsync();
        await LoudnessAsync(0.6);
        await visit.Page.GetByText("Equal for all songs").ClickAsync();
        await LoudnessAsync(0.3);
        await visit.Page.Locator("#next").ClickAsync();
        await LoudnessAsync(0.6);
        visit.AssertNoFaults();

        Task LoudnessAsync(double amplitude) =>
            visit.UntilAsync(FormattableString.Invariant($"Math.abs(sound().volume - {amplitude}) < 0.002"));
    }

    [NeedsFact("lame", "chromium")]
    public async Task Music_continues_when_its_host_is_killed_and_another_one_has_the_song()
    {
        await using var stage = new Stage();
        var bulky = await Songs.BulkyAsync();
        var tracker = await stage.StartTrackerAsync();
        var hosts = new Dictionary<string, PeerProgram>();
        foreach (var host in new[] { "alice", "bob" })
        {
            stage.Share(host, "a.mp3", bulky);
            // At 1 MB/s, the buffers of all programs hold only seconds of the song when the host is killed.
            hosts[host] = await stage.StartPeerAsync(tracker, host, "TSP__PEER__HOSTING__MAX_UPLOAD_PER_STREAM=1 MB/s");
        }

        using var gateway = await GatewayProgram.StartAsync(stage, tracker, "gate", 1, "TSP__PEER__HTTP__MEDIA__DISK_CACHE=0");
        await using var visit = await page.OpenAsync(gateway);
        await visit.GoAsync(new PageView("#/songs", "tr.song"));
        await visit.Rows.GetByRole(AriaRole.Button).First.ClickAsync();
        await visit.HearsAsync("a");
        var killed = await Catalog.StreamingHostAsync(tracker);
        hosts[killed].Process.Signal("KILL");

        // Sixteen times as fast, so that the test need not listen for minutes.
        var end = await visit.Page.EvaluateAsync<double>(
            "() => { sound().playbackRate = 16; return sound().buffered.end(sound().buffered.length - 1); }");
        await Catalog.StreamsAsync(tracker, hosts.Keys.Single(host => host != killed), 1);
        // This position is beyond the sound that the browser (it counts 2 MB at a time, 52 s) and the gateway (1 MB, 26 s) had then.
        await visit.UntilAsync(FormattableString.Invariant($"sound().currentTime > {end + 90}"));
        await Expect(visit.Page.Locator("#toast")).ToHaveTextAsync("");
        visit.AssertNoFaults();
    }
}
