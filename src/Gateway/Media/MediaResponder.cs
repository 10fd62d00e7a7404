using System.Collections.Concurrent;
using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Microsoft.AspNetCore.Http;
using TspActors.Gateway.Library;
using TspActors.Gateway.Security;
using TspActors.Gateway.Swarm;

namespace TspActors.Gateway.Media;

/// <summary>Answers requests for songs, with ranges. A response is complete, or its connection is aborted; it never ends short.</summary>
internal sealed class MediaResponder : IMediaResponder, IAsyncDisposable
{
    private readonly GatewayMediaSettings _settings;
    private readonly TimeProvider _time;
    private readonly DiskBlocks? _disk;
    private readonly SongSource _source;
    private readonly ConcurrentDictionary<RunningTransfer, byte> _transfers = new();
    private readonly DeviceSlots _slots;

    /// <param name="peer">The actor of the peer.</param>
    /// <param name="settings">The limits and deadlines.</param>
    /// <param name="cacheFolder">The folder of the cache on disk.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Receives warnings about the cache.</param>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    public MediaResponder(IActorRef peer, GatewayMediaSettings settings, string cacheFolder, TimeProvider time, ILoggingAdapter log)
    {
        (_settings, _time) = (settings, time);
        _disk = settings.DiskCache > 0 ? new DiskBlocks(cacheFolder, settings.DiskCache, log) : null;
        _source = new SongSource(peer, settings, new BlockCache(settings.MemoryCache, _disk), time);
        _slots = new DeviceSlots(settings.MaxStreamsPerDevice);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Transfer> Transfers => [.. _transfers.Keys.Select(transfer => transfer.Describe()).OrderBy(transfer => transfer.Started)];

    /// <inheritdoc/>
    public async Task RespondAsync(
        HttpContext context, LibrarySong song, Caller caller, MediaOptions options, Func<FetchFault, Task> onFault)
    {
        var (request, response) = (context.Request, context.Response);
        Describe(response, song, options);
        var tag = response.Headers.ETag.ToString();
        if (options.TimeOffset == TimeSpan.Zero && request.Headers.IfNoneMatch.ToString() is { Length: > 0 } known && (known == "*" || known.Contains(tag, StringComparison.Ordinal)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var range = RangeOf(request, song, options, tag);
        if (range.Kind == RangeKind.Unsatisfiable)
        {
            response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{song.Size}");
            response.ContentLength = 0;
            return;
        }

        // A HEAD request is answered from the catalog. No host is asked.
        if (HttpMethods.IsHead(request.Method))
        {
            response.ContentLength = song.Size;
            return;
        }

        if (!_slots.TryTake(caller.DeviceId))
        {
            Undescribe(response);
            await onFault(new FetchFault(
                FetchFaultKind.TooMany, "this device plays too much at once (tsp.peer.http.media.max-streams-per-device)",
                TimeSpan.FromSeconds(5))).ConfigureAwait(false);
            return;
        }

        try
        {
            await SendAsync(context, song, caller, options, range, onFault).ConfigureAwait(false);
        }
        finally
        {
            _slots.Free(caller.DeviceId);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _source.Dispose();
        if (_disk is not null)
            await _disk.DisposeAsync().ConfigureAwait(false);
    }

    private static RangeRequest RangeOf(HttpRequest request, LibrarySong song, MediaOptions options, string tag)
    {
        // A part by time is another representation, and a range of a former version would not fit.
        var isCurrent = request.Headers.IfRange.ToString() is not { Length: > 0 } condition || condition == tag;
        return options.TimeOffset > TimeSpan.Zero || !isCurrent || HttpMethods.IsHead(request.Method)
            ? new RangeRequest(RangeKind.Whole)
            : RangeRequest.Read(request.Headers.Range.ToString(), song.Size);
    }

    private static void Describe(HttpResponse response, LibrarySong song, MediaOptions options)
    {
        var headers = response.Headers;
        response.ContentType = "audio/mpeg";
        headers["X-Content-Duration"] = (song.DurationMs / 1000.0).ToString("0.000", CultureInfo.InvariantCulture);
        if (options.IsDownload)
            headers.ContentDisposition = ContentDisposition.Attachment($"{song.Artist} - {song.Title}.mp3");
        if (options.TimeOffset > TimeSpan.Zero)
        {
            headers.AcceptRanges = "none";
            headers.CacheControl = "no-store";
            return;
        }

        headers.AcceptRanges = "bytes";
        headers.ETag = $"\"{song.Hash}\"";
        headers.LastModified = song.Created.ToString("R", CultureInfo.InvariantCulture);
        headers.CacheControl = options.IsImmutable ? "private, max-age=31536000, immutable" : "private, max-age=3600";
    }

    private static void Undescribe(HttpResponse response)
    {
        foreach (var name in new[] { "ETag", "Accept-Ranges", "Last-Modified", "Content-Disposition", "X-Content-Duration", "Content-Range" })
            response.Headers.Remove(name);
        response.Headers.CacheControl = "no-store";
        response.ContentLength = null;
    }

    private async Task SendAsync(
        HttpContext context, LibrarySong song, Caller caller, MediaOptions options, RangeRequest range, Func<FetchFault, Task> onFault)
    {
        var response = context.Response;
        var (offset, length) = range.Kind == RangeKind.Part ? (range.Offset, range.Length) : (0, song.Size);
        var transfer = new RunningTransfer(song, caller, _time);
        _transfers.TryAdd(transfer, 0);
        try
        {
            SongBlock first;
            try
            {
                if (options.TimeOffset > TimeSpan.Zero)
                {
                    offset = await FindOffsetAsync(song, caller, options.TimeOffset, context.RequestAborted).ConfigureAwait(false);
                    length = song.Size - offset;
                }

                transfer.Begin(offset, length);
                first = await _source.ReadAsync(song, SongBlocks.Of(offset), caller, context.RequestAborted).ConfigureAwait(false);
            }
            catch (FetchException error)
            {
                Undescribe(response);
                await onFault(error.Fault).ConfigureAwait(false);
                return;
            }

            response.ContentLength = length;
            if (range.Kind == RangeKind.Part)
            {
                response.StatusCode = StatusCodes.Status206PartialContent;
                response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {offset}-{offset + length - 1}/{song.Size}");
            }

            // A paused player reads nothing for minutes. Its own limit is below.
            if (context.Features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinResponseDataRateFeature>() is { } rate)
                rate.MinDataRate = null;
            await CopyAsync(context, song, caller, first, transfer).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The player has gone.
        }
        finally
        {
            _transfers.TryRemove(transfer, out _);
        }
    }

    private async Task CopyAsync(HttpContext context, LibrarySong song, Caller caller, SongBlock block, RunningTransfer transfer)
    {
        using var unread = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var (at, end) = (transfer.Offset, transfer.Offset + transfer.Length);
        while (true)
        {
            var start = (int)(at % SongBlocks.Size);
            var count = (int)Math.Min(block.Bytes.Length - start, end - at);
            transfer.Sends(block);
            unread.CancelAfter(_settings.UnreadTimeout);
            try
            {
                await context.Response.Body.WriteAsync(block.Bytes.AsMemory(start, count), unread.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
            {
                context.Abort();
                return;
            }

            at += count;
            transfer.Sent(count);
            if (at >= end)
                return;
            try
            {
                block = await _source.ReadAsync(song, SongBlocks.Of(at), caller, context.RequestAborted).ConfigureAwait(false);
            }
            catch (FetchException)
            {
                // The player sees that the response is incomplete, and requests the rest again.
                context.Abort();
                return;
            }
        }
    }

    private async Task<long> FindOffsetAsync(LibrarySong song, Caller caller, TimeSpan time, CancellationToken cancellation)
    {
        if (song.DurationMs <= 0 || time.TotalMilliseconds >= song.DurationMs)
            return song.Size - 1;
        var head = await _source.ReadAsync(song, 0, caller, cancellation).ConfigureAwait(false);
        var estimate = Math.Clamp(SongSeek.Estimate(head.Bytes, time.TotalMilliseconds / song.DurationMs, song.Size), 0, song.Size - 1);
        var block = SongBlocks.Of(estimate);
        var bytes = (await _source.ReadAsync(song, block, caller, cancellation).ConfigureAwait(false)).Bytes;
        var frame = SongSeek.FindFrame(bytes, (int)(estimate % SongBlocks.Size));
        return frame >= 0 ? (long)block * SongBlocks.Size + frame : estimate;
    }
}
