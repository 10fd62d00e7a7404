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
    public async Task A_long_queue_and_its_position_come_back_with_the_songs_that_are_away()
    {
        var gateway = await page.Gateway;
        var songs = await gateway.SongsAsync();
        string[] ids = [.. Enumerable.Range(0, 5_100).Select(number => $"tr-{number}"), songs["Basalt steps"], songs["Copper lines"]];
        var query = string.Join('&', ids.Select(id => $"id={id}"));
        await gateway.CallAsync("savePlayQueue", $"{query}&current={songs["Basalt steps"]}&position=20000");
        await using var visit = await page.OpenAsync(gateway);
        var (title, position) = (visit.Page.Locator("#player .t"), visit.Page.Locator("#at"));

        await Expect(title).ToHaveTextAsync("Basalt steps");
        await Expect(position).ToHaveTextAsync("0:20");
        await visit.Page.Locator("#toggle").ClickAsync();
        await visit.HearsAsync("Basalt steps");
        await visit.UntilAsync("sound().currentTime > 20");
        await visit.Page.Locator("#seek").FillAsync("40");
        await visit.UntilAsync("sound().currentTime > 40");
        await visit.Page.RunAndWaitForResponseAsync(
            () => visit.Page.Locator("#toggle").ClickAsync(),
            response => response.Request.Method == "PUT" && response.Url.EndsWith("/api/queue", StringComparison.Ordinal));
        await visit.Page.ReloadAsync();
        await Expect(title).ToHaveTextAsync("Basalt steps");
        await Expect(position).ToHaveTextAsync(new Regex("^0:4"));
        var stored = (await gateway.ReadPageApiAsync("queue")).GetProperty("ids").EnumerateArray().Select(id => id.GetString());
        Assert.Equal(ids, stored);
    }

    [NeedsFact("lame", "chromium")]
    public async Task A_song_that_is_gone_is_skipped_and_the_next_one_plays_from_its_start()
    {
        var gateway = await page.Gateway;
        var songs = await gateway.SongsAsync();
        var (gone, following) = (songs["Basalt steps"], songs["Copper lines"]);
        await gateway.CallAsync("savePlayQueue", $"id={gone}&id={following}&current={gone}&position=30000");
        await using var visit = await page.OpenAsync(gateway);
        await visit.Page.RouteAsync($"**/song/{gone}.mp3", route => route.FulfillAsync(new() { Status = 404 }));
        await Expect(visit.Page.Locator("#at")).ToHaveTextAsync("0:30");
        await visit.Page.EvaluateAsync("sounds.forEach(each => each.addEventListener('seeking', () => { window.sought = true; }))");

        await visit.Page.Locator("#toggle").ClickAsync();
        await visit.HearsAsync("Copper lines");
        Assert.False(await visit.Page.EvaluateAsync<bool>("'sought' in window"));
    }

    [NeedsFact("lame", "chromium")]
    public async Task A_song_that_could_not_be_loaded_in_advance_is_loaded_when_its_turn_comes()
    {
        var gateway = await page.Gateway;
        var following = $"**/song/{(await gateway.SongsAsync())["Echo of rain"]}.mp3";
        var refused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var visit = await page.OpenAsync(gateway);
        await visit.Page.RouteAsync(following, async route =>
        {
            await route.FulfillAsync(new() { Status = 503 });
            refused.TrySetResult();
        });
        await visit.GoAsync(new PageView("#/songs", "tr.song"));
        await visit.Rows.GetByRole(AriaRole.Button, new() { Name = "Play Dusk over water" }).ClickAsync();
        await visit.HearsAsync("Dusk over water");
        await visit.Page.Locator("#seek").FillAsync($"{PageSongs.Seconds - 15}");
        await refused.Task.WaitAsync(ProgramProcess.Deadline);
        await visit.Page.UnrouteAsync(following);

        await visit.Page.Locator("#seek").FillAsync($"{PageSongs.Seconds - 1}");
        await visit.HearsAsync("Echo of rain");
    }

    [NeedsFact("lame", "chromium")]
    public async Task Instead_of_a_song_without_a_host_no_other_is_played()
    {
        await using var stage = new Stage();
        stage.Share("alice", "first.mp3", await Songs.ToneAsync(440, 20));
        stage.Share("bob", "second.mp3", await Songs.ToneAsync(550, 20));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        var bob = await stage.StartPeerAsync(tracker, "bob");
        using var gateway = await GatewayProgram.StartAsync(stage, tracker, "gate", 2);
        var songs = await gateway.SongsAsync();
        var made = await gateway.CallAsync("createPlaylist", $"name=Both&songId={songs["first"]}&songId={songs["second"]}");
        var list = made.GetProperty("playlist").GetProperty("id").GetString();
        await using var visit = await page.OpenAsync(gateway);
        bob.Process.Signal("KILL");
        await visit.UntilAsync($"fetch('api/playlists/{list}').then(reply => reply.json()).then(playlist => playlist.list[1].away)");
        await visit.GoAsync(new PageView($"#/playlist/{list}", "tr.away"));

        await visit.Rows.GetByRole(AriaRole.Button, new() { Name = "Play second" }).ClickAsync();
        await Expect(visit.Page.Locator("#toast")).ToHaveTextAsync("No host has this song now.");
        await visit.UntilAsync("sounds.every(each => !each.getAttribute('src'))");
        visit.AssertNoFaults();
    }

    [NeedsFact("lame", "chromium")]
    public async Task Shuffle_plays_every_song_once_and_goes_back_to_the_song_before()
    {
        await using var visit = await page.OpenAsync(await page.Gateway);
        var title = visit.Page.Locator("#player .t");
        var next = visit.Page.Locator("#next");
        await visit.GoAsync(new PageView("#/songs", "tr.song"));
        await visit.Page.Locator("#shuffle").ClickAsync();
        await visit.Rows.GetByRole(AriaRole.Button, new() { Name = "Play Amber morning" }).ClickAsync();
        List<string> titles = [await title.InnerTextAsync()];
        while (titles.Count < PageSongs.Count)
        {
            await next.ClickAsync();
            titles.Add(await title.InnerTextAsync());
        }

        Assert.Equal(PageSongs.Count, titles.Distinct().Count());
        await next.ClickAsync();
        Assert.Equal(titles[^1], await title.InnerTextAsync());
        await visit.Page.Locator("#seek").FillAsync("0");
        await visit.Page.Locator("#prev").ClickAsync();
        Assert.Equal(titles[^2], await title.InnerTextAsync());
    }

    [NeedsFact("lame", "chromium")]
    public async Task The_next_song_does_not_start_when_a_paused_one_is_removed()
    {
        await using var visit = await page.OpenAsync(await page.Gateway);
        await visit.GoAsync(new PageView("#/songs", "tr.song"));
        await visit.Rows.GetByRole(AriaRole.Button, new() { Name = "Play Amber morning" }).ClickAsync();
        await visit.HearsAsync("Amber morning");
        await visit.Page.Locator("#toggle").ClickAsync();
        await visit.UntilAsync("sounds.every(each => each.paused)");
        await visit.GoAsync(new PageView("#/queue", "tr.song"));

        await visit.Rows.GetByRole(AriaRole.Button, new() { Name = "Remove Amber morning from the queue" }).ClickAsync();
        await Expect(visit.Page.Locator("#player .t")).ToHaveTextAsync("Basalt steps");
        await Expect(visit.Page.Locator("#player .btn")).ToHaveTextAsync($"Queue ({PageSongs.Count - 1})");
        await visit.UntilAsync("sounds.every(each => each.paused && !each.getAttribute('src'))");
        await visit.Page.Locator("#toggle").ClickAsync();
        await visit.HearsAsync("Basalt steps");
    }

    [NeedsFact("lame", "chromium")]
    public async Task A_song_that_is_in_the_queue_twice_plays_at_the_place_where_it_was_chosen()
    {
        await using var visit = await page.OpenAsync(await page.Gateway);
        await visit.GoAsync(new PageView("#/search?q=first", "li.card"));
        await visit.Page.Locator("#main li.card").GetByRole(AriaRole.Link, new() { Name = "First light" }).ClickAsync();
        await visit.Page.Locator("#main h1").GetByText("First light", new() { Exact = true }).WaitForAsync();
        await visit.Rows.GetByRole(AriaRole.Button, new() { Name = "Play Amber morning" }).ClickAsync();
        await visit.HearsAsync("Amber morning");
        await visit.Page.GetByText("Add to queue").ClickAsync();
        await visit.GoAsync(new PageView("#/queue", "tr.song"));
        await Expect(visit.Rows).ToHaveCountAsync(6);

        await visit.Rows.GetByRole(AriaRole.Button, new() { Name = "Play Copper lines" }).Last.ClickAsync();
        await visit.HearsAsync("Copper lines");
        // It is the last song, and no other follows it.
        await visit.Page.Locator("#next").ClickAsync();
        await Expect(visit.Page.Locator("#player .t")).ToHaveTextAsync("Copper lines");
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
