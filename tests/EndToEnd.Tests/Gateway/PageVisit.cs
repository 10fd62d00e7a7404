using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests.Gateway;

/// <summary>An open page of the gateway in a session of its own, and everything that went wrong in it.</summary>
public sealed class PageVisit : IAsyncDisposable
{
    // The page's audio elements are in no document, so they are recorded when they are created.
    private const string Spy = """
        window.sounds = [];
        window.Audio = new Proxy(Audio, { construct(target) { const made = new target(); sounds.push(made); return made; } });
        window.sound = () => sounds.find(each => !each.paused) ?? sounds[0];
        let moved = 0;
        const add = entries => { for (const entry of entries) moved += entry.value; };
        const observer = new PerformanceObserver(list => add(list.getEntries()));
        observer.observe({ type: "layout-shift", buffered: true });
        window.shifts = async () => {
          for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
          add(observer.takeRecords());
          return moved;
        };
        """;

    private readonly IBrowserContext _context;
    private readonly Uri _origin;

    // Errors in the console, violations of the content policy, and failed or foreign requests.
    private readonly ConcurrentQueue<string> _faults = new();

    private PageVisit(IBrowserContext context, IPage page, Uri origin)
    {
        (_context, Page, _origin) = (context, page, origin);
        page.Console += (_, message) => NoteIf(message.Type == "error", $"console: {message.Text} ({message.Location})");
        page.PageError += (_, error) => NoteIf(true, $"exception: {error}");
        page.Request += (_, request) => NoteIf(IsForeign(request.Url), $"foreign request: {request.Url}");
        page.RequestFailed += (_, request) => NoteIf(true, $"failed request: {request.Url} {request.Failure}");
        page.Response += (_, response) => NoteIf(response.Status >= 400, $"refused request: {response.Status} {response.Url}");
    }

    public IPage Page { get; }

    /// <summary>The rows of songs in the view.</summary>
    public ILocator Rows => Page.Locator("#main tr.song");

    /// <summary>Opens a path of a gateway in a new session of the browser.</summary>
    public static async Task<PageVisit> OpenAsync(IBrowser browser, Uri gateway, string path, int width)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 800 },
        });
        context.SetDefaultTimeout((float)ProgramProcess.Deadline.TotalMilliseconds);
        await context.AddInitScriptAsync(Spy);
        var visit = new PageVisit(context, await context.NewPageAsync(), gateway);
        await visit.Page.GotoAsync(gateway + path);
        // The page is empty until the gateway has accepted its login.
        await visit.Page.Locator("#nav a, form.login").First.WaitForAsync();
        return visit;
    }

    /// <summary>Goes to a view, and waits until it is complete.</summary>
    public async Task GoAsync(PageView view)
    {
        // Each view replaces the contents of the previous one.
        await Page.EvaluateAsync(
            "hash => { document.getElementById('main').firstElementChild.id = 'former'; location.hash = hash; }", view.Hash);
        await Page.Locator($"#main:not(:has(> #former)) {view.Shows}").First.WaitForAsync();
    }

    /// <summary>Waits until an expression about the page is true.</summary>
    public Task UntilAsync(string expression) => Catalog.EventuallyAsync(
        () => Page.EvaluateAsync<bool>(expression), holds => holds, $"{expression}; {string.Join("; ", _faults)}");

    /// <summary>Waits until a song with this title is heard.</summary>
    public async Task HearsAsync(string title)
    {
        await UntilAsync($"document.title.startsWith({JsonSerializer.Serialize(title)})");
        await UntilAsync("!sound().paused && sound().currentTime > 0.2 && sound().readyState >= 3");
    }

    /// <summary>Checks that nothing went wrong up to now.</summary>
    public void AssertNoFaults() => AssertNone(_faults);

    /// <summary>Checks that there are no findings, and shows all of them otherwise.</summary>
    public static void AssertNone(IReadOnlyCollection<string> findings) => Assert.True(findings.Count == 0, string.Join('\n', findings));

    /// <summary>Returns how much of the page has moved by itself since it was opened.</summary>
    public Task<double> ShiftsAsync() => Page.EvaluateAsync<double>("shifts()");

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private bool IsForeign(string url) =>
        !url.StartsWith("data:", StringComparison.Ordinal) && !url.StartsWith(_origin.ToString(), StringComparison.Ordinal);

    private void NoteIf(bool isFault, string text)
    {
        if (isFault)
            _faults.Enqueue(text);
    }
}
