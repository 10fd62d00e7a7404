using System.Globalization;
using System.Text.Json.Nodes;
using Akka.Actor;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using TspActors.Gateway.Swarm;

namespace TspActors.Gateway.Web;

/// <summary>API calls for the peer (transfers, live feeds, player, problems and limits), and the event stream.</summary>
internal static class PeerApi
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static void Map(ApiRoutes api, EventStreams events)
    {
        api.Read("transfers", async call => ApiJson.Transfers(call.Components, await ApiJson.ReportAsync(call.Components).ConfigureAwait(false)));
        api.Read("live", call => ApiJson.Feeds(call.Components));
        api.Read("problems", async call =>
            new JsonObject { ["items"] = ApiJson.List((await ApiJson.ReportAsync(call.Components).ConfigureAwait(false)).LibraryProblems, text => text) });
        api.Read("limits", call => new JsonObject { ["items"] = Limits(call.Components.Settings) });
        api.Read("speaker", async call => ApiJson.Speaker(
            call.Components, await call.Components.Peer.Ask<SpeakerState>(GetSpeaker.Instance, ApiJson.Deadline).ConfigureAwait(false)));
        api.Change("POST", "speaker", async call =>
        {
            var body = await ApiEndpoints.ReadAsync(call.Context).ConfigureAwait(false);
            if (!Enum.TryParse<SpeakerCommand>(body["command"]?.ToString(), ignoreCase: true, out var command) || !Enum.IsDefined(command))
                throw new ApiException(StatusCodes.Status400BadRequest, "there is no such command");
            var songs = (body["ids"] as JsonArray ?? []).Select(id => FindPlayable(call.Components, id?.ToString() ?? "")).OfType<SpeakerSong>()
                .Take(1_000).ToList();
            var value = long.TryParse(body["value"]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
            var reply = await call.Components.Peer.Ask<SpeakerReply>(new ControlSpeaker(command, songs, value), TimeSpan.FromSeconds(20))
                .ConfigureAwait(false);
            return new JsonObject { ["done"] = reply.IsDone, ["text"] = reply.Text };
        });
        api.Stream("events", call => StreamAsync(call, events));
    }

    private static SpeakerSong? FindPlayable(GatewayComponents components, string id) =>
        components.Library.FindSong(id) is { IsAway: false } song ? new SpeakerSong(song.TrackerId, song.Title)
        : components.Feeds.Find(id) is { } feed ? new SpeakerSong(feed.TrackerId, feed.Name)
        : null;

    private static async Task StreamAsync(ApiCall call, EventStreams events)
    {
        var response = call.Context.Response;
        var page = events.Open(call.Session) ?? throw new ApiException(StatusCodes.Status429TooManyRequests, "too many pages are open");
        try
        {
            call.Context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            if (call.Context.Features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinResponseDataRateFeature>() is { } rate)
                rate.MinDataRate = null;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-store";
            var state = ApiJson.State(call.Components, await ApiJson.ReportAsync(call.Components).ConfigureAwait(false));
            await response.WriteAsync("retry: 3000\n\n" + EventStreams.Format("state", state), call.Context.RequestAborted)
                .ConfigureAwait(false);
            while (await NextAsync(call, page.Reader).ConfigureAwait(false) is { } text)
                await response.WriteAsync(text, call.Context.RequestAborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The page was closed.
        }
        finally
        {
            events.Close(page);
        }
    }

    // Returns the next event, or a comment that keeps the connection open; null at the end of the stream.
    private static async Task<string?> NextAsync(ApiCall call, System.Threading.Channels.ChannelReader<string> page)
    {
        try
        {
            return await page.WaitToReadAsync(call.Context.RequestAborted).AsTask().WaitAsync(Heartbeat, call.Components.Time)
                .ConfigureAwait(false)
                && page.TryRead(out var text) ? text : null;
        }
        catch (TimeoutException)
        {
            return ":\n\n";
        }
    }

    private static JsonArray Limits(GatewaySettings settings)
    {
        (string Name, string Value, string Key)[] limits =
        [
            ("Connections", Text(settings.Limits.MaxConnections), "limits.max-connections"),
            ("Connections from one address", Text(settings.Limits.MaxConnectionsPerAddress), "limits.max-connections-per-address"),
            ("Songs fetched at the same time", Text(settings.Media.MaxFetches), "media.max-fetches"),
            ("Songs fetched per device", Text(settings.Media.MaxFetchesPerDevice), "media.max-fetches-per-device"),
            ("Streams per device", Text(settings.Media.MaxStreamsPerDevice), "media.max-streams-per-device"),
            ("Memory for songs", $"{settings.Media.MemoryCache >> 20} MiB", "media.memory-cache"),
            ("Disk space for songs", $"{settings.Media.DiskCache >> 20} MiB", "media.disk-cache"),
            ("Playlists", Text(settings.Limits.MaxPlaylists), "limits.max-playlists"),
            ("Songs in a playlist", Text(settings.Limits.MaxPlaylistSongs), "limits.max-playlist-songs"),
        ];
        return ApiJson.List(limits, limit => new JsonObject { ["name"] = limit.Name, ["value"] = limit.Value, ["key"] = $"tsp.peer.http.{limit.Key}" });
    }

    private static string Text(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
