using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using static Microsoft.Playwright.Assertions;

namespace TspActors.EndToEnd.Tests.Gateway;

/// <summary>Checks that every view of the web page is accessible, stable, small and free of errors in a real browser.</summary>
public sealed class PageViewSpecs(PageStage page) : IClassFixture<PageStage>
{
    private const int Narrow = 360;
    private const int Wide = 1280;

    private const string RunAxe = """
        axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations.map(each =>
          `${each.id}, ${each.help}: ${each.nodes.map(node => `${node.html.slice(0, 200)} (${node.any[0]?.message})`).join(" | ")}`))
        """;

    [NeedsFact("lame", "chromium")]
    public async Task Axe_finds_nothing_in_any_view_light_or_dark_narrow_or_wide()
    {
        var gateway = await page.Gateway;
        var views = await PageView.AllAsync(gateway);
        var found = new List<string>();
        await using (var login = await page.OpenAsync(gateway, ""))
            await CheckAsync(login, "login");
        await using var visit = await page.OpenAsync(gateway);
        foreach (var view in views)
        {
            await visit.GoAsync(view);
            await CheckAsync(visit, view.Hash);
        }

        PageVisit.AssertNone(found);

        async Task CheckAsync(PageVisit visit, string name)
        {
            // The package loads axe anew for each run, which takes most of the time; the page needs it once.
            if (await visit.Page.EvaluateAsync<bool>("!('axe' in window)"))
                await visit.Page.RunAxe();
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await visit.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
                foreach (var width in new[] { Narrow, Wide })
                {
                    await visit.Page.SetViewportSizeAsync(width, 800);
                    foreach (var violation in await visit.Page.EvaluateAsync<string[]>(RunAxe))
                        found.Add($"{name} {scheme} {width}: {violation}");
                }
            }
        }
    }

    [NeedsFact("lame", "chromium")]
    public async Task Every_view_fits_a_small_phone_with_room_for_titles_and_only_the_content_scrolls()
    {
        var found = new List<string>();
        var gateway = await page.Gateway;
        var views = await PageView.AllAsync(gateway);
        await using var visit = await page.OpenAsync(gateway, Narrow);
        foreach (var view in views)
        {
            await visit.GoAsync(view);
            var excess = await visit.Page.EvaluateAsync<int[]>(
                """
                (() => {
                  const [page, main] = [document.documentElement, document.getElementById("main")];
                  const titles = [...main.querySelectorAll("tr.song")].map(row => row.cells[1].clientWidth);
                  return [page.scrollWidth - page.clientWidth, main.scrollWidth - main.clientWidth, page.scrollHeight - page.clientHeight,
                    80 - Math.min(80, ...titles)];
                })()
                """);
            if (excess.Any(each => each > 0))
                found.Add($"{view.Hash}: {string.Join(", ", excess)}");
        }

        PageVisit.AssertNone(found);
    }

    [NeedsFact("lame", "chromium")]
    public async Task A_walk_through_all_views_causes_no_error_and_contacts_no_other_server()
    {
        var gateway = await page.Gateway;
        var views = await PageView.AllAsync(gateway);
        await using (var login = await page.OpenAsync(gateway, ""))
            login.AssertNoFaults();
        await using var visit = await page.OpenAsync(gateway);
        foreach (var view in views)
            await visit.GoAsync(view);
        await visit.GoAsync(new PageView("#/status", "form"));
        await visit.Page.Locator("#main form input").FillAsync("kitchen");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.Locator("img.qr").WaitForAsync();
        await visit.UntilAsync("document.querySelector('img.qr').naturalWidth > 0");
        visit.AssertNoFaults();
    }

    [NeedsFact("lame", "chromium")]
    public async Task The_key_of_a_new_device_stays_while_the_catalog_changes()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        stage.Share("bob", "b.mp3", await Songs.ToneAsync(550));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        using var gateway = await GatewayProgram.StartAsync(stage, tracker, "gate", 1);
        await using var visit = await page.OpenAsync(gateway);
        await Expect(visit.Page.Locator("#link")).ToHaveTextAsync("1 songs");
        await visit.GoAsync(new PageView("#/status", "form"));
        await visit.Page.Locator("#main form input").FillAsync("kitchen");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.Locator("img.qr").WaitForAsync();
        var refreshes = 0;
        visit.Page.Request += (_, request) => refreshes += request.Url.EndsWith("/api/limits", StringComparison.Ordinal) ? 1 : 0;

        await stage.StartPeerAsync(tracker, "bob");
        await Expect(visit.Page.Locator("#link")).ToHaveTextAsync("2 songs");
        await Expect(visit.Page.Locator("img.qr")).ToBeVisibleAsync();
        Assert.Equal(0, refreshes);
        visit.AssertNoFaults();
    }

    [NeedsFact("lame", "chromium")]
    public async Task A_page_whose_events_were_refused_asks_for_them_again()
    {
        var gateway = await page.Gateway;
        await using var visit = await page.OpenAsync(gateway, "");
        await visit.Page.RouteAsync("**/api/events", route => route.FulfillAsync(new() { Status = 502 }));
        await visit.Page.Locator("#key").FillAsync(gateway.Key);
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Page.Locator("#link")).ToHaveTextAsync("Connection lost, trying again");

        await visit.Page.UnrouteAsync("**/api/events");
        await Expect(visit.Page.Locator("#link")).ToHaveTextAsync($"{PageSongs.Count} songs");
    }

    [NeedsFact("lame", "chromium")]
    public async Task The_page_says_what_the_gateway_refuses()
    {
        await using var visit = await page.OpenAsync(await page.Gateway);
        await visit.Page.RouteAsync("**/api/playlists", async route =>
        {
            if (route.Request.Method == "POST")
                await route.FulfillAsync(new() { Status = 507, Body = """{"error":"the disk is full"}""" });
            else
                await route.ContinueAsync();
        });
        visit.Page.Dialog += async (_, dialog) => await dialog.AcceptAsync("Evening");
        await visit.GoAsync(new PageView("#/playlists", "button"));

        await visit.Page.GetByText("New playlist").ClickAsync();
        await Expect(visit.Page.Locator("#toast")).ToHaveTextAsync("the disk is full");
    }

    [NeedsFact("lame", "chromium")]
    public async Task A_first_visit_loads_less_than_150_kB()
    {
        await using var visit = await page.OpenAsync(await page.Gateway);
        await visit.Page.Locator("#main tr.song").First.WaitForAsync();
        var sizes = await visit.Page.EvaluateAsync<int[]>(
            """
            (() => {
              const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
              const sum = key => all.reduce((total, each) => total + each[key], 0);
              return [all.filter(each => each.name.endsWith(".js")).length, sum("transferSize"), sum("decodedBodySize")];
            })()
            """);
        Assert.InRange(sizes[0], 6, 20);
        Assert.InRange(sizes[1], 1, 150_000);
        Assert.InRange(sizes[1], 1, sizes[2] / 2);
    }

    [NeedsFact("lame", "chromium")]
    public async Task Nothing_moves_by_itself_at_the_start_or_in_any_view()
    {
        var gateway = await page.Gateway;
        var views = await PageView.AllAsync(gateway);
        var moved = new List<string>();
        foreach (var width in new[] { Narrow, Wide })
        {
            await using (var login = await page.OpenAsync(gateway, "", width))
                Check($"login {width}", await login.ShiftsAsync());
            await using var visit = await page.OpenAsync(gateway, width);
            await visit.Page.Locator("#main tr.song").First.WaitForAsync();
            var before = await visit.ShiftsAsync();
            Check($"start {width}", before);
            foreach (var view in views)
            {
                await visit.GoAsync(view);
                var after = await visit.ShiftsAsync();
                Check($"{view.Hash} {width}", after - before);
                before = after;
            }
        }

        PageVisit.AssertNone(moved);

        void Check(string what, double shift)
        {
            if (shift >= 0.01)
                moved.Add(FormattableString.Invariant($"{what}: {shift}"));
        }
    }

    [NeedsFact("lame", "chromium")]
    public async Task Tags_of_strangers_are_text_in_every_view()
    {
        var gateway = await page.Gateway;
        var views = await PageView.AllAsync(gateway);
        await using var visit = await page.OpenAsync(gateway);
        foreach (var view in views)
        {
            await visit.GoAsync(view);
            Assert.Equal(0, await visit.Page.Locator("#main script, #main img:not([src^='cover/']), #main iframe").CountAsync());
        }

        await visit.GoAsync(new PageView("#/songs", "tr.song"));
        foreach (var (_, shown) in PageSongs.Hostile)
        {
            var row = visit.Rows.Filter(new() { Has = visit.Page.Locator("button.title").GetByText(shown, new() { Exact = true }) });
            await row.GetByRole(AriaRole.Button).First.ClickAsync();
            await visit.HearsAsync(shown);
            Assert.Equal(shown, await visit.Page.Locator("#player .t").InnerTextAsync());
            Assert.Equal(shown, await visit.Page.EvaluateAsync<string>("navigator.mediaSession.metadata.title"));
        }

        Assert.False(await visit.Page.EvaluateAsync<bool>("'hit' in window"));
        visit.AssertNoFaults();
    }
}
