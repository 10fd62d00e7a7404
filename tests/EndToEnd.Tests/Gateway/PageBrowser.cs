using Microsoft.Playwright;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests.Gateway;

/// <summary>The Chromium of the machine, driven by Playwright. It starts with the first page.</summary>
public sealed class PageBrowser : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Returns the browser, and starts it if necessary.</summary>
    public async Task<IBrowser> StartAsync()
    {
        await _turn.WaitAsync();
        try
        {
            Assertions.SetDefaultExpectTimeout((float)ProgramProcess.Deadline.TotalMilliseconds);
            _playwright ??= await Playwright.CreateAsync();
            return _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = "/usr/bin/chromium",
                Args = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"],
                // A scroll bar that takes up room can move the content beside it, so the tests show scroll bars as a user's browser does.
                IgnoreDefaultArgs = ["--hide-scrollbars"],
                Timeout = (float)ProgramProcess.Deadline.TotalMilliseconds,
            });
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        _turn.Dispose();
    }
}
