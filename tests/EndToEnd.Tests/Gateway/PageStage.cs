using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests.Gateway;

/// <summary>A browser, and a gateway with songs, for the tests of a class. Both start when a test needs them.</summary>
public sealed class PageStage : IAsyncLifetime
{
    private readonly Stage _stage = new();
    private readonly PageBrowser _browser = new();
    private readonly Lazy<Task<GatewayProgram>> _gateway;

    public PageStage() => _gateway = new Lazy<Task<GatewayProgram>>(StartAsync);

    /// <summary>The gateway, which lists <see cref="PageSongs"/>.</summary>
    public Task<GatewayProgram> Gateway => _gateway.Value;

    /// <summary>Opens the page of a gateway in a new session of the browser, logged in with a device key.</summary>
    public async Task<PageVisit> OpenAsync(GatewayProgram gateway, int width = 1280) =>
        await PageVisit.OpenAsync(await _browser.StartAsync(), gateway.Url, $"#key={gateway.Key}", width);

    /// <summary>Opens a path of a gateway in a new session of the browser.</summary>
    public async Task<PageVisit> OpenAsync(GatewayProgram gateway, string path, int width = 1280) =>
        await PageVisit.OpenAsync(await _browser.StartAsync(), gateway.Url, path, width);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        if (_gateway.IsValueCreated && _gateway.Value.IsCompletedSuccessfully)
            (await _gateway.Value).Dispose();
        await _stage.DisposeAsync();
    }

    private async Task<GatewayProgram> StartAsync()
    {
        await PageSongs.ShareAsync(_stage, "alice");
        var tracker = await _stage.StartTrackerAsync();
        await _stage.StartPeerAsync(tracker, "alice", $"TSP__PEER__LIVE__FEEDS__0={PageSongs.Feed}=station:", "TSP__PEER__HOSTING__MAX_STREAMS=7");
        return await GatewayProgram.StartAsync(_stage, tracker, "gate", PageSongs.Count);
    }
}
