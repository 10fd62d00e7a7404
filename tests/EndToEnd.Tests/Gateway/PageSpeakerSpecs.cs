using System.Text.Json;
using Microsoft.Playwright;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using static Microsoft.Playwright.Assertions;

namespace TspActors.EndToEnd.Tests.Gateway;

/// <summary>The loudspeaker of the peer, controlled with the web page in a real browser.</summary>
public sealed class PageSpeakerSpecs(PageStage page) : IClassFixture<PageStage>
{
    [NeedsFact("lame", "chromium")]
    public async Task The_bar_shows_and_controls_what_the_loudspeaker_plays()
    {
        await using var stage = new Stage();
        foreach (var (name, frequency) in new[] { ("Dawn", 440), ("Dusk", 550) })
        {
            var tag = TagBytes.Ape(("Title", name), ("Artist", "Ana"));
            stage.Share("alice", $"{name}.mp3", [.. await Songs.ToneAsync(frequency, 60), .. tag]);
        }

        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        using var gateway = await GatewayProgram.StartConsoleAsync(stage, tracker, "gate", 2);
        await using var visit = await page.OpenAsync(gateway);
        var (title, button) = (visit.Page.Locator("#player .t"), visit.Page.Locator("#toggle"));

        await visit.GoAsync(new PageView("#/status", "form"));
        await visit.Page.GetByText("On the peer's loudspeaker").ClickAsync();
        await Expect(visit.Page.Locator("#player .now")).ToHaveTextAsync("Nothing is playing on the loudspeaker");
        await visit.GoAsync(new PageView("#/songs", "tr.song"));
        await visit.Rows.GetByRole(AriaRole.Button, new() { Name = "Play Dawn" }).ClickAsync();
        await Expect(title).ToHaveTextAsync("Dawn");
        await Expect(button).ToHaveAttributeAsync("aria-label", "Pause");
        await Expect(visit.Page.Locator("#main tr[aria-current=true] .title")).ToHaveTextAsync("Dawn");

        await visit.Page.Locator("#seek").FillAsync("30");
        await ReportsAsync(state => state.GetProperty("positionMs").GetInt64() >= 29_000, "it plays from 0:30");
        await button.ClickAsync();
        await Expect(button).ToHaveAttributeAsync("aria-label", "Play");
        await ReportsAsync(state => state.GetProperty("paused").GetBoolean(), "it is paused");
        await button.ClickAsync();
        await Expect(button).ToHaveAttributeAsync("aria-label", "Pause");
        await visit.Page.Locator("#volume").FillAsync("40");
        await ReportsAsync(state => state.GetProperty("volume").GetInt32() == 40, "its volume is 40");
        await visit.Page.Locator("#repeat").ClickAsync();
        await Expect(visit.Page.Locator("#repeat")).ToHaveAttributeAsync("aria-label", "Repeat: all");
        await visit.Page.Locator("#next").ClickAsync();
        await Expect(title).ToHaveTextAsync("Dusk");
        await visit.UntilAsync("sounds.every(each => !each.getAttribute('src'))");
        visit.AssertNoFaults();

        await visit.GoAsync(new PageView("#/status", "form"));
        await visit.Page.GetByText("In this browser").ClickAsync();
        await Expect(visit.Page.Locator("#player .now")).ToHaveTextAsync("Nothing is playing");

        Task<JsonElement> ReportsAsync(Func<JsonElement, bool> condition, string what) =>
            Catalog.EventuallyAsync(() => gateway.ReadPageApiAsync("speaker"), condition, what);
    }
}
