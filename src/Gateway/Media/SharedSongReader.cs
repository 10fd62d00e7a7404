using Akka.Actor;
using TspActors.Gateway.Swarm;
using TspActors.Protocol;

namespace TspActors.Gateway.Media;

/// <summary>One song that is being read: its readers and its fetches. Thread-safe.</summary>
internal sealed class SharedSongReader(
    ContentHash song, IActorRef peer, GatewayMediaSettings settings, BlockCache cache, FetchSlots slots, TimeProvider time)
{
    private const int MaxEnded = 2;

    private static readonly TimeSpan ShortestRetry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan UsualRetry = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly HashSet<SongReader> _readers = [];
    private readonly List<SongFetch> _fetches = [];
    private readonly int _ahead = (int)Math.Clamp(settings.ReadAhead / Block.Size, 1, 1 << 14);

    /// <summary>The content hash of the song.</summary>
    public ContentHash Song => song;

    /// <summary>Adds a reader.</summary>
    public void Enter(SongReader reader)
    {
        lock (_lock)
            _readers.Add(reader);
    }

    /// <summary>Removes a reader, and stops the fetches that no other reader needs.</summary>
    /// <returns>Whether it was the last reader.</returns>
    public bool Leave(SongReader reader)
    {
        lock (_lock)
        {
            _readers.Remove(reader);
            foreach (var fetch in _fetches.Where(fetch => !_readers.Any(other => fetch.IsOfUse(other.Block))))
                fetch.Stop();
            return _readers.Count == 0;
        }
    }

    /// <summary>Stops all fetches.</summary>
    public void Stop()
    {
        lock (_lock)
            _fetches.ForEach(fetch => fetch.Stop());
    }

    /// <summary>Reads a block for a reader. See <see cref="SongReader.ReadAsync"/>.</summary>
    public async ValueTask<Piece> ReadAsync(SongReader reader, long block, CancellationToken cancellation)
    {
        var begin = time.GetTimestamp();
        while (true)
        {
            if (Find(reader, block) is { IsEmpty: false } here)
                return new Piece(here);
            var length = new SongFetchPlan(reader.Song.Size, block, _ahead, settings.ReleaseAfter) { Hash = song }.LengthOf(block);
            if (await cache.FindAsync(new Block(song, block), length, cancellation).ConfigureAwait(false) is { IsEmpty: false } cached)
                return new Piece(cached);
            var (fetch, progress, fault) = Await(reader, block);
            if (fetch is not null && progress is not null)
                fault = await WaitAsync(fetch, progress, cancellation).ConfigureAwait(false);
            if (fault is null)
                continue;
            // The block may have arrived just before the fault.
            if (Find(reader, block) is { IsEmpty: false } last)
                return new Piece(last);
            var retry = fault.RetryAfter ?? UsualRetry;
            if (retry < ShortestRetry)
                retry = ShortestRetry;
            if (fault.Kind != FetchFaultKind.Busy || time.GetElapsedTime(begin) + retry > settings.BusyWait)
                return new Piece(default, fault);
            await Task.Delay(retry, time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Waits for the next block or the end of a fetch, as long as bytes keep arriving. Waits longer while the peer is waiting for busy
    /// hosts.
    /// </summary>
    private async ValueTask<FetchFault?> WaitAsync(SongFetch fetch, Task progress, CancellationToken cancellation)
    {
        var limit = settings.FirstByteTimeout;
        var hasWaitedLonger = false;
        while (true)
        {
            var received = fetch.Received;
            try
            {
                await progress.WaitAsync(limit, time, cancellation).ConfigureAwait(false);
                return fetch.Fault;
            }
            catch (TimeoutException) when (fetch.Received != received)
            {
                // The host is slow, but alive.
                (limit, hasWaitedLonger) = (settings.FirstByteTimeout, false);
            }
            catch (TimeoutException) when (fetch.IsLooking && !hasWaitedLonger)
            {
                // The peer retries the busy hosts itself. When it gives up, it reports that they are all busy.
                (limit, hasWaitedLonger) = (settings.BusyWait, true);
            }
            catch (TimeoutException)
            {
                fetch.Stop();
                return new FetchFault(FetchFaultKind.HostsFailed, "no host sent anything in time");
            }
        }
    }

    private ReadOnlyMemory<byte> Find(SongReader reader, long block)
    {
        lock (_lock)
        {
            foreach (var fetch in _fetches)
            {
                fetch.Look(block, out var bytes);
                if (bytes.IsEmpty)
                    continue;
                (reader.Host, reader.Way) = (fetch.Host, fetch.Way);
                return bytes;
            }
        }

        return default;
    }

    private (SongFetch? Fetch, Task? Progress, FetchFault? Fault) Await(SongReader reader, long block)
    {
        lock (_lock)
        {
            foreach (var known in _fetches)
            {
                var coming = known.Look(block, out var bytes);
                if (coming is not null || !bytes.IsEmpty)
                    return (known, coming, null);
            }

            if (!_readers.Contains(reader))
                return (null, null, new FetchFault(FetchFaultKind.HostsFailed, "the reader has left"));
            if (reader.Song.TrackerId == 0)
                return (null, null, new FetchFault(FetchFaultKind.NoHost, "no host of the song is online"));
            var device = reader.DeviceId;
            if (!slots.TryTake(device))
                return (null, null, new FetchFault(FetchFaultKind.TooMany, "too many songs are being fetched", UsualRetry));
            var plan = new SongFetchPlan(reader.Song.Size, block, _ahead, settings.ReleaseAfter) { Hash = song };
            var fetch = new SongFetch(plan, time, (index, bytes) => cache.Add(new Block(song, index), bytes), () => slots.Free(device));
            Forget();
            _fetches.Add(fetch);
            var progress = fetch.Look(block, out _);
            _ = fetch.RunAsync(peer, reader.Song.TrackerId, settings.FirstByteTimeout + settings.BusyWait);
            return (fetch, progress, null);
        }
    }

    /// <summary>Forgets fetches that have ended, except the newest, which are kept for readers that are a little behind.</summary>
    private void Forget()
    {
        for (var ended = _fetches.Count(fetch => fetch.HasEnded); ended > MaxEnded; ended--)
            _fetches.RemoveAt(_fetches.FindIndex(fetch => fetch.HasEnded));
    }
}
