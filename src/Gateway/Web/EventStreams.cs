using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Event;
using TspActors.Gateway.Swarm;

namespace TspActors.Gateway.Web;

/// <summary>
/// The event streams of the open pages. While any page is open, a task looks for changes once a second and sends them to all pages.
/// </summary>
internal sealed class EventStreams : IAsyncDisposable
{
    private const int MaxQueued = 16;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly GatewayComponents _components;
    private readonly ILoggingAdapter _log;
    private readonly ConcurrentDictionary<Channel<string>, string> _pages = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;

    public EventStreams(GatewayComponents components, ILoggingAdapter log)
    {
        (_components, _log) = (components, log);
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>Opens an event stream for a browser session.</summary>
    /// <param name="session">The browser session.</param>
    /// <returns>The event stream; null = the session has too many event streams.</returns>
    public Channel<string>? Open(string session)
    {
        if (_pages.Values.Count(other => other == session) >= _components.Settings.Limits.MaxEventsPerSession)
            return null;
        // A page that stops reading misses events, which does no harm: each event contains the complete state of its subject.
        var page = Channel.CreateBounded<string>(new BoundedChannelOptions(MaxQueued) { FullMode = BoundedChannelFullMode.DropOldest });
        _pages.TryAdd(page, session);
        return page;
    }

    /// <summary>Closes an event stream.</summary>
    public void Close(Channel<string> page)
    {
        _pages.TryRemove(page, out _);
        page.Writer.TryComplete();
    }

    /// <summary>Returns an event in the format of server-sent events.</summary>
    public static string Format(string name, JsonNode data) => $"event: {name}\ndata: {data.ToJsonString(JsonText.Options)}\n\n";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        foreach (var page in _pages.Keys)
            Close(page);
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        var (version, user, hadTransfers, speaker, feeds) = (0L, _components.UserData.Version, false, "", "");
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                if (_pages.IsEmpty)
                    continue;
                try
                {
                    if (_components.Library.State.Version is var newest && newest != version)
                    {
                        version = newest;
                        Send("state", ApiJson.State(_components, await ApiJson.ReportAsync(_components).ConfigureAwait(false)));
                    }

                    if (_components.UserData.Version is var changed && changed != user)
                    {
                        user = changed;
                        Send("user", new JsonObject { ["version"] = user });
                    }

                    if (_components.Media.Transfers is var transfers && (transfers.Count > 0 || hadTransfers))
                    {
                        hadTransfers = transfers.Count > 0;
                        Send("transfers", ApiJson.Transfers(_components, await ApiJson.ReportAsync(_components).ConfigureAwait(false)));
                    }

                    var live = ApiJson.Feeds(_components);
                    if (live.ToJsonString() is var heard && heard != feeds)
                    {
                        feeds = heard;
                        Send("live", live);
                    }

                    var state = await _components.Peer.Ask<SpeakerState>(GetSpeaker.Instance, ApiJson.Deadline, _stop.Token)
                        .ConfigureAwait(false);
                    var shown = state.HasSpeaker ? ApiJson.Speaker(_components, state) : null;
                    if (shown?.ToJsonString() is { } text && text != speaker)
                    {
                        speaker = text;
                        Send("speaker", shown);
                    }
                }
                catch (Exception error) when (error is AskTimeoutException)
                {
                    _log.Debug("the peer did not reply in time: {0}", error.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The gateway is stopping.
        }
    }

    private void Send(string name, JsonNode data)
    {
        var text = Format(name, data);
        foreach (var page in _pages.Keys)
            page.Writer.TryWrite(text);
    }
}
