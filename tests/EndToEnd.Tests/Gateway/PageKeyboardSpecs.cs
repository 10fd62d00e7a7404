using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace TspActors.EndToEnd.Tests.Gateway;

/// <summary>Checks the web page without a mouse, in a real browser.</summary>
public sealed class PageKeyboardSpecs(PageStage page) : IClassFixture<PageStage>
{
    [NeedsFact("lame", "chromium")]
    public async Task A_song_is_found_and_played_with_the_keyboard()
    {
        await using var visit = await page.OpenAsync(await page.Gateway);
        var keys = visit.Page.Keyboard;
        await Expect(visit.Page.Locator("#main h1")).ToBeFocusedAsync();
        await keys.PressAsync("/");
        await keys.TypeAsync("basalt");
        await keys.PressAsync("Enter");
        await Expect(Play(visit, "Basalt steps")).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await visit.HearsAsync("Basalt steps");

        await visit.GoAsync(new PageView("#/songs", "tr.song"));
        await Play(visit, "Echo of rain").FocusAsync();
        await keys.PressAsync("Space");
        await visit.HearsAsync("Echo of rain");
        await visit.Page.Locator("#main h1").FocusAsync();
        await keys.PressAsync("Space");
        await visit.UntilAsync("sounds.every(each => each.paused)");
        await visit.Page.Locator("#seek").FocusAsync();
        await keys.PressAsync("Home");
        await visit.Page.Locator("#main h1").FocusAsync();
        await keys.PressAsync("Shift+ArrowLeft");
        await visit.HearsAsync("Dusk over water");
    }

    [NeedsFact("lame", "chromium")]
    public async Task Songs_in_the_queue_are_moved_and_removed_with_the_keyboard_and_the_focus_follows_them()
    {
        await using var visit = await page.OpenAsync(await page.Gateway);
        await visit.GoAsync(new PageView("#/search?q=first", "li.card"));
        await visit.Page.Locator("#main li.card").GetByRole(AriaRole.Link, new() { Name = "First light" }).FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.Locator("#main h1").GetByText("First light", new() { Exact = true }).WaitForAsync();
        await Play(visit, "Amber morning").FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.HearsAsync("Amber morning");
        await visit.GoAsync(new PageView("#/queue", "tr.song"));

        var up = visit.Rows.GetByRole(AriaRole.Button, new() { Name = "Move Copper lines up" });
        await up.FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await BeginsAsync(visit, "Amber morning", "Copper lines", "Basalt steps");
        await Expect(up).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("Space");
        await BeginsAsync(visit, "Copper lines", "Amber morning", "Basalt steps");
        await Expect(Play(visit, "Copper lines")).ToBeFocusedAsync();
        await visit.HearsAsync("Amber morning");
        await visit.Page.Keyboard.PressAsync("Shift+ArrowRight");
        await visit.HearsAsync("Basalt steps");

        await visit.Rows.GetByRole(AriaRole.Button, new() { Name = "Remove Copper lines from the queue" }).FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await BeginsAsync(visit, "Amber morning", "Basalt steps");
        await Expect(visit.Page.Locator("#main h1")).ToBeFocusedAsync();
        await visit.HearsAsync("Basalt steps");
    }

    [NeedsFact("lame", "chromium")]
    public async Task After_a_click_on_the_position_it_moves_on_and_keys_still_work()
    {
        await using var visit = await page.OpenAsync(await page.Gateway);
        var keys = visit.Page.Keyboard;
        await visit.GoAsync(new PageView("#/songs", "tr.song"));
        await Play(visit, "Echo of rain").ClickAsync();
        await visit.HearsAsync("Echo of rain");

        // A click on the middle.
        await visit.Page.Locator("#seek").ClickAsync();
        await visit.UntilAsync("document.activeElement.id === 'seek' && Number(document.activeElement.value) > 31");
        await keys.PressAsync("Space");
        await visit.UntilAsync("sounds.every(each => each.paused)");
        var before = await visit.Page.EvaluateAsync<double>("Number(document.activeElement.value)");
        await keys.PressAsync("ArrowRight");
        await visit.UntilAsync(FormattableString.Invariant($"Math.abs(document.activeElement.value - {before + 10}) <= 1"));
        await keys.PressAsync("Space");
        await visit.HearsAsync("Echo of rain");
        visit.AssertNoFaults();
    }

    [NeedsFact("lame", "chromium")]
    public async Task A_song_in_a_playlist_is_moved_by_keys_and_the_focus_goes_with_it()
    {
        var gateway = await page.Gateway;
        var songs = await gateway.SongsAsync();
        var ids = PageSongs.Ordinary.Select(title => $"songId={songs[title]}");
        var made = await gateway.CallAsync("createPlaylist", $"name=Evening&{string.Join('&', ids)}");
        await using var visit = await page.OpenAsync(gateway);
        await visit.GoAsync(new PageView($"#/playlist/{made.GetProperty("playlist").GetProperty("id").GetString()}", "tr.song"));

        var up = visit.Rows.GetByRole(AriaRole.Button, new() { Name = "Move Dusk over water up" });
        await up.FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await BeginsAsync(visit, "Amber morning", "Basalt steps", "Dusk over water", "Copper lines");
        await Expect(up).ToBeFocusedAsync();
        visit.AssertNoFaults();
    }

    private static ILocator Play(PageVisit visit, string title) =>
        visit.Rows.GetByRole(AriaRole.Button, new() { Name = $"Play {title}" });

    private static async Task BeginsAsync(PageVisit visit, params string[] titles)
    {
        foreach (var (index, title) in titles.Index())
            await Expect(visit.Rows.Nth(index).Locator("button.title")).ToHaveTextAsync(title);
    }
}
