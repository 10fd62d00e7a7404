using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace TspActors.EndToEnd.Tests.Gateway;

/// <summary>Checks the peers that the web page shows, in a real browser.</summary>
public sealed partial class PagePeerSpecs(PageStage page) : IClassFixture<PageStage>
{
    [NeedsFact("lame", "chromium")]
    public async Task Each_peer_has_a_row_and_a_page_with_its_songs_and_live_feeds()
    {
        await using var visit = await page.OpenAsync(await page.Gateway);
        await visit.GoAsync(new PageView("#/peers", "tr.peer"));

        // The gateway's own peer shares nothing.
        var row = visit.Page.Locator("#main tr.peer");
        await Expect(row).ToHaveCountAsync(1);
        var cells = row.Locator("td");
        await Expect(cells.Nth(0)).ToHaveTextAsync("alice");
        await Expect(cells.Nth(1)).ToHaveTextAsync($"{PageSongs.Count} songs, 1 live feed");
        await Expect(cells.Nth(2)).ToHaveTextAsync(Direct());
        await Expect(cells.Nth(3)).ToHaveTextAsync("0 of 7 streams");
        await row.GetByRole(AriaRole.Link).ClickAsync();

        await Expect(visit.Page.Locator("#main h1")).ToHaveTextAsync("alice");
        await Expect(visit.Page.Locator("#main tr.song")).ToHaveCountAsync(PageSongs.Count);
        await Expect(visit.Page.Locator("#main tr.station button")).ToHaveTextAsync(PageSongs.Feed);
        await visit.Page.Locator("#main").GetByRole(AriaRole.Button, new() { Name = "▶ Play", Exact = true }).ClickAsync();
        await visit.UntilAsync("!sound().paused && sound().currentTime > 0.2");
        visit.AssertNoFaults();
    }

    [GeneratedRegex("^direct")]
    private static partial Regex Direct();
}
