using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using TspActors.Gateway.Library;
using TspActors.Gateway.Media;
using TspActors.Gateway.Security;
using TspActors.Gateway.Swarm;

namespace TspActors.Gateway.Live;

/// <summary>Answers HTTP requests for live feeds the way Icecast does.</summary>
/// <param name="radio">The feeds.</param>
/// <param name="settings">The deadlines.</param>
/// <param name="seats">The slots shared by all media responses.</param>
/// <param name="time">The clock.</param>
internal sealed class LiveResponder(LiveRadio radio, GatewayMediaSettings settings, FetchSlots seats, TimeProvider time)
{
    // Even while its source sends nothing, a feed sends chunks that contain silence. If no chunk arrives for this long, the feed must have
    // ended unnoticed.
    private static readonly TimeSpan MaxGap = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    /// <summary>Answers a request. Returns when the player has disconnected or the feed has ended.</summary>
    /// <param name="context">The request.</param>
    /// <param name="feed">The feed.</param>
    /// <param name="caller">The caller; limits apply per device.</param>
    /// <param name="home">The URL of the web page.</param>
    /// <returns>Why the feed could not be played, for an error response; null = the request has been answered.</returns>
    public async Task<FetchFault?> RespondAsync(HttpContext context, LiveFeed feed, Caller caller, string home)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(feed);
        ArgumentNullException.ThrowIfNull(caller);
        var icy = context.Request.Headers["Icy-MetaData"].ToString() == "1" ? new IcyWriter() : null;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            SetHeaders(context.Response, feed, home, icy is not null);
            return null;
        }

        if (!seats.TryTake(caller.DeviceId))
            return new FetchFault(FetchFaultKind.TooMany, "this device is playing too many songs at the same time", Retry);
        try
        {
            if (!radio.TryJoin(feed, caller.DeviceId, out var listener, out var fault))
                return fault;
            try
            {
                return await SendAsync(context, feed, listener, icy, home).ConfigureAwait(false);
            }
            finally
            {
                radio.Leave(feed, listener);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            seats.Free(caller.DeviceId);
        }
    }

    private async ValueTask<FetchFault?> SendAsync(
        HttpContext context, LiveFeed feed, LiveListener listener, IcyWriter? icy, string home)
    {
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        LiveSound? sound;
        try
        {
            sound = await listener.ReadAsync(settings.FirstByteTimeout + settings.BusyWait, time, context.RequestAborted)
                .ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return new FetchFault(FetchFaultKind.HostsFailed, "no host sent anything in time");
        }

        if (sound is null)
            return listener.Fault ?? new FetchFault(FetchFaultKind.NoHost, "the feed has just ended");
        SetHeaders(context.Response, feed, home, icy is not null);
        try
        {
            var title = "";
            while (sound is not null)
            {
                if (sound.Title != title)
                    icy?.SetTitle(title = sound.Title);
                foreach (var slice in icy?.Interleave(sound.Mp3) ?? [sound.Mp3])
                {
                    await context.Response.Body.WriteAsync(slice, context.RequestAborted).AsTask()
                        .WaitAsync(settings.UnreadTimeout, time).ConfigureAwait(false);
                }

                sound = await listener.ReadAsync(MaxGap, time, context.RequestAborted).ConfigureAwait(false);
            }

            // If the body ended normally, the player would assume that the feed had ended, and would not reconnect.
            if (listener.Fault is not null)
                context.Abort();
        }
        catch (TimeoutException)
        {
            // No chunk arrived, or the player stopped reading.
            context.Abort();
        }

        return null;
    }

    private static void SetHeaders(HttpResponse response, LiveFeed feed, string home, bool hasTitles)
    {
        response.ContentType = MediaHeaders.Mp3;
        var headers = response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.AcceptRanges = "none";
        headers.CacheControl = "no-store";
        headers["icy-name"] = feed.Name;
        headers["icy-genre"] = feed.Genre.Length > 0 ? feed.Genre : "various";
        if (feed.BitrateBps > 0)
            headers["icy-br"] = (feed.BitrateBps / 1000).ToString(CultureInfo.InvariantCulture);
        headers["icy-url"] = home;
        headers["icy-pub"] = "0";
        if (hasTitles)
            headers["icy-metaint"] = IcyWriter.Interval.ToString(CultureInfo.InvariantCulture);
    }
}
