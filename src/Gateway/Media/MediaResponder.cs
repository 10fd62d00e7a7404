using System.Collections.Concurrent;
using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using TspActors.Gateway.Library;
using TspActors.Gateway.Security;
using TspActors.Gateway.Swarm;
using TspActors.Mpeg;

namespace TspActors.Gateway.Media;

/// <inheritdoc/>
internal sealed class MediaResponder : IMediaResponder, IAsyncDisposable
{
    private static readonly TimeSpan TooManyRetry = TimeSpan.FromSeconds(2);

    private readonly GatewayMediaSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _log;
    private readonly BlockCache _cache;
    private readonly SongSource _source;
    private readonly FetchSlots _slots;
    private readonly ConcurrentDictionary<RunningTransfer, bool> _running = new();

    public MediaResponder(IActorRef peer, GatewayMediaSettings settings, string cacheFolder, TimeProvider time, ILoggingAdapter log)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (_settings, _time, _log) = (settings, time, log);
        _cache = new BlockCache(cacheFolder, settings.MemoryCache, settings.DiskCache, log);
        _source = new SongSource(peer, settings, _cache, time);
        _slots = new FetchSlots(int.MaxValue, settings.MaxStreamsPerDevice);
    }

    /// <summary>The slots for media responses, which live feeds use too.</summary>
    public FetchSlots Streams => _slots;

    /// <summary>The slots for fetches, which live feeds use too.</summary>
    public FetchSlots Fetches => _source.Slots;

    /// <inheritdoc/>
    public IReadOnlyList<Transfer> Transfers => _running.Keys.Select(running => running.Now).OrderBy(now => now.Started).ToList();

    /// <inheritdoc/>
    public async Task RespondAsync(
        HttpContext context, LibrarySong song, Caller caller, MediaOptions options, Func<FetchFault, Task> onFault)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(song);
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(onFault);
        var isByBytes = options.TimeOffset <= TimeSpan.Zero;
        if (MediaHead.TryAnswer(context, song, options, isByBytes, out var range))
            return;
        if (!_slots.TryTake(caller.DeviceId))
        {
            await onFault(new FetchFault(FetchFaultKind.TooMany, "this device is playing too many songs at the same time", TooManyRetry))
                .ConfigureAwait(false);
            return;
        }

        var running = new RunningTransfer(song, caller, _time.GetUtcNow());
        _running[running] = true;
        using var reader = _source.Open(song, caller.DeviceId);
        try
        {
            if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
                rate.MinDataRate = null;
            var fault = isByBytes
                ? await SendAsync(context, reader, range, options, running).ConfigureAwait(false)
                : await SendFromTimeAsync(context, reader, options, running).ConfigureAwait(false);
            if (fault is not null)
                await onFault(fault).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The player has disconnected, which is how most players stop a song.
        }
        finally
        {
            _running.TryRemove(running, out _);
            _slots.Free(caller.DeviceId);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _source.Dispose();
        return _cache.DisposeAsync();
    }

    private async ValueTask<FetchFault?> SendAsync(
        HttpContext context, SongReader reader, RangeRequest range, MediaOptions options, RunningTransfer running)
    {
        running.Begin(range.First, range.Length);
        return await SendBodyAsync(context, reader, range.First, range.Length, running, response =>
        {
            MediaHeaders.Set(response, reader.Song, options);
            if (range.Kind != RangeKind.Part)
                return;
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = string.Create(
                CultureInfo.InvariantCulture, $"bytes {range.First}-{range.First + range.Length - 1}/{reader.Song.Size}");
        }).ConfigureAwait(false);
    }

    private async ValueTask<FetchFault?> SendFromTimeAsync(
        HttpContext context, SongReader reader, MediaOptions options, RunningTransfer running)
    {
        var song = reader.Song;
        ReadOnlyMemory<byte> head = default;
        if (song.IsVbr && song.Size > 0)
        {
            var first = await reader.ReadAsync(0, context.RequestAborted).ConfigureAwait(false);
            if (first.Fault is not null)
                return first.Fault;
            head = first.Bytes[..Math.Min(first.Bytes.Length, Mp3SeekTable.HeadBytes)];
        }

        var offset = TimeSeek.Estimate(song, options.TimeOffset, head.Span);
        if (offset < song.Size)
        {
            var (index, at) = (offset / Block.Size, (int)(offset % Block.Size));
            var piece = await reader.ReadAsync(index, context.RequestAborted).ConfigureAwait(false);
            if (piece.Fault is not null)
                return piece.Fault;
            var frame = TimeSeek.FindFrame(piece.Bytes.Span[at..]);
            if (frame < 0 && (index + 1) * Block.Size < song.Size)
            {
                // The frame, or the header that confirms it, is in the next block.
                var next = await reader.ReadAsync(index + 1, context.RequestAborted).ConfigureAwait(false);
                if (next.Fault is not null)
                    return next.Fault;
                frame = TimeSeek.FindFrame((byte[])[.. piece.Bytes.Span[at..], .. next.Bytes.Span]);
            }

            offset += Math.Max(0, frame);
        }

        running.Begin(offset, song.Size - offset);
        return await SendBodyAsync(
            context, reader, offset, song.Size - offset, running, response => MediaHeaders.SetFromTime(response, song, options))
            .ConfigureAwait(false);
    }

    /// <summary>Sends bytes. The headers are sent once the first bytes are verified; after that, a fault can only be signalled by
    /// aborting the connection.</summary>
    private async ValueTask<FetchFault?> SendBodyAsync(
        HttpContext context, SongReader reader, long offset, long length, RunningTransfer running, Action<HttpResponse> setHeaders)
    {
        var end = offset + length;
        var hasBegun = false;
        while (offset < end)
        {
            running.Wait();
            var piece = await reader.ReadAsync(offset / Block.Size, context.RequestAborted).ConfigureAwait(false);
            if (piece.Fault is { } fault)
            {
                if (!hasBegun)
                    return fault;
                _log.Info("A response with {0} was cut off: {1}", reader.Song.Title, fault.Reason);
                context.Abort();
                return null;
            }

            if (!hasBegun)
                Begin();
            var at = (int)(offset % Block.Size);
            var slice = piece.Bytes.Slice(at, (int)Math.Min(piece.Bytes.Length - at, end - offset));
            running.Send(slice.Length, reader);
            if (!await TryWriteAsync(context, slice).ConfigureAwait(false))
                return null;
            offset += slice.Length;
        }

        if (!hasBegun)
            Begin();
        return null;

        void Begin()
        {
            hasBegun = true;
            setHeaders(context.Response);
            context.Response.ContentLength = length;
        }
    }

    /// <summary>Writes to the player. A player that reads nothing for too long is disconnected.</summary>
    private async ValueTask<bool> TryWriteAsync(HttpContext context, ReadOnlyMemory<byte> bytes)
    {
        var write = context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        if (write.IsCompletedSuccessfully)
            return true;
        try
        {
            await write.AsTask().WaitAsync(_settings.UnreadTimeout, _time).ConfigureAwait(false);
            return !context.RequestAborted.IsCancellationRequested;
        }
        catch (TimeoutException)
        {
            context.Abort();
            return false;
        }
    }
}
