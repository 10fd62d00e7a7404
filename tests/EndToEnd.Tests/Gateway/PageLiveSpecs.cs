using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace TspActors.EndToEnd.Tests.Gateway;

/// <summary>Checks listening to live feeds with the web page, in a real browser.</summary>
public sealed class PageLiveSpecs(PageStage page) : IClassFixture<PageStage>
{
    [NeedsFact("lame", "chromium")]
    public async Task A_station_plays_with_its_title_and_without_a_position_until_a_song_is_chosen()
    {
        await using var visit = await page.OpenAsync(await page.Gateway);
        await visit.GoAsync(new PageView("#/live", "tr.station"));
        var name = JsonSerializer.Serialize(PageSongs.Feed);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = $"Play {PageSongs.Feed}" }).ClickAsync();

        // The title of the song that the station plays comes with the events.
        await visit.UntilAsync($"document.title.endsWith(' · ' + {name})");
        await visit.UntilAsync("!sound().paused && sound().currentTime > 0.2");
        await Expect(visit.Page.Locator("#player .a")).ToHaveTextAsync($"{PageSongs.Feed} · live");
        await Expect(visit.Page.Locator("#seek")).ToHaveCountAsync(0);
        await Expect(visit.Page.Locator("#next")).ToBeDisabledAsync();
        await Expect(visit.Page.Locator("#main tr.station")).ToHaveAttributeAsync("aria-current", "true");
        var playing = await visit.Page.EvaluateAsync<string>("navigator.mediaSession.metadata.title");
        await Expect(visit.Page.Locator("#main tr.station td:nth-child(2)")).ToHaveTextAsync(playing);
        visit.AssertNoFaults();

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await visit.UntilAsync("sounds.every(each => each.paused)");
        await visit.Page.Locator("#toggle").ClickAsync();
        await visit.UntilAsync("!sound().paused && sound().currentTime > 0.2");
        await visit.GoAsync(new PageView("#/songs", "tr.song"));
        await visit.Rows.GetByRole(AriaRole.Button, new() { Name = "Play Amber morning" }).ClickAsync();
        await visit.HearsAsync("Amber morning");
        await Expect(visit.Page.Locator("#seek")).ToHaveCountAsync(1);
        await Expect(visit.Page.Locator("#next")).ToBeEnabledAsync();
    }
}
