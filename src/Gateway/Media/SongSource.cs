using Akka.Actor;
using TspActors.Gateway.Library;
using TspActors.Gateway.Security;
using TspActors.Gateway.Swarm;
using TspActors.Protocol;

namespace TspActors.Gateway.Media;

/// <summary>Gives readers the blocks of songs: from the cache, from a fetch that is running, or from a new one. Thread-safe.</summary>
internal sealed class SongSource(IActorRef peer, GatewayMediaSettings settings, BlockCache cache, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan AskDeadline = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<ContentHash, List<SharedFetch>> _fetches = [];
    private int _count;

    /// <summary>The number of running fetches.</summary>
    public int Fetches
    {
        get
        {
            lock (_lock)
                return _count;
        }
    }

    /// <summary>Returns a block.</summary>
    /// <param name="song">The song.</param>
    /// <param name="block">The number of the block.</param>
    /// <param name="caller">Who reads.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="FetchException">The block could not be had, or not in time.</exception>
    public async ValueTask<SongBlock> ReadAsync(LibrarySong song, int block, Caller caller, CancellationToken cancellation)
    {
        if (cache.Find(song.Hash, block, SongBlocks.LengthOf(block, song.Size)) is { } cached)
        {
            Find(song.Hash, block)?.Reached(block);
            return new SongBlock(cached, "cache", "");
        }

        var (fetch, task) = Join(song, block, caller, out var isNew);
        if (isNew)
            await StartAsync(fetch, song, block).ConfigureAwait(false);
        var deadline = settings.FirstByteTimeout;
        try
        {
            return new SongBlock(await task.WaitAsync(deadline, time, cancellation).ConfigureAwait(false), fetch.Host, fetch.Way);
        }
        catch (TimeoutException) when (fetch.HasNotice && settings.BusyWait > deadline)
        {
            // A host has explained the wait, for example because it is busy.
        }
        catch (TimeoutException)
        {
            throw TooSlow(fetch);
        }

        try
        {
            return new SongBlock(await task.WaitAsync(settings.BusyWait - deadline, time, cancellation).ConfigureAwait(false), fetch.Host, fetch.Way);
        }
        catch (TimeoutException)
        {
            throw TooSlow(fetch);
        }
    }

    /// <summary>Stops all fetches.</summary>
    public void Dispose()
    {
        List<SharedFetch> all;
        lock (_lock)
            all = [.. _fetches.Values.SelectMany(fetches => fetches)];
        foreach (var fetch in all)
            fetch.Stop(new FetchFault(FetchFaultKind.NoTracker, "the gateway stops"));
    }

    private static FetchException TooSlow(SharedFetch fetch) => new(fetch.HasNotice
        ? new FetchFault(FetchFaultKind.Busy, "all hosts of the song are busy", TimeSpan.FromSeconds(10))
        : new FetchFault(FetchFaultKind.HostsFailed, "no host sent the song in time", TimeSpan.FromSeconds(10)));

    private SharedFetch? Find(ContentHash song, int block)
    {
        lock (_lock)
        {
            return _fetches.TryGetValue(song, out var fetches)
                ? fetches.Where(fetch => fetch.Next >= block).MinBy(fetch => fetch.Next - block)
                : null;
        }
    }

    private (SharedFetch Fetch, Task<byte[]> Block) Join(LibrarySong song, int block, Caller caller, out bool isNew)
    {
        isNew = false;
        lock (_lock)
        {
            if (_fetches.TryGetValue(song.Hash, out var fetches))
            {
                foreach (var running in fetches)
                {
                    if (running.TryWait(block) is { } task)
                        return (running, task);
                }
            }

            if (song.IsAway)
                throw new FetchException(new FetchFault(FetchFaultKind.NoHost, "no host of the song is online now", TimeSpan.FromSeconds(30)));
            var own = _fetches.Values.Sum(all => all.Count(other => other.Device == caller.DeviceId));
            if (_count >= settings.MaxFetches || own >= settings.MaxFetchesPerDevice)
                MakeRoom(caller);
            isNew = true;
            var fetch = new SharedFetch(song, block, caller.DeviceId, cache, settings, time, Over);
            if (!_fetches.TryGetValue(song.Hash, out fetches))
                _fetches.Add(song.Hash, fetches = []);
            fetches.Add(fetch);
            _count++;
            return (fetch, fetch.TryWait(block)!);
        }
    }

    // A player that jumps leaves fetches behind that nobody reads any more, so a device's own oldest one gives way.
    private void MakeRoom(Caller caller)
    {
        var oldest = _fetches.Values.SelectMany(fetches => fetches).FirstOrDefault(fetch => fetch.Device == caller.DeviceId && fetch.IsIdle);
        if (oldest is null)
            throw new FetchException(new FetchFault(
                FetchFaultKind.TooMany, "too many songs are being fetched (tsp.peer.http.media.max-fetches)", TimeSpan.FromSeconds(5)));
        oldest.Stop(new FetchFault(FetchFaultKind.TooMany, "another song was requested"));
    }

    private async Task StartAsync(SharedFetch fetch, LibrarySong song, int block)
    {
        try
        {
            var reply = await peer.Ask(
                new FetchSong(song.TrackerId, (long)block * SongBlocks.Size, false, fetch) { Hash = song.Hash }, AskDeadline).ConfigureAwait(false);
            if (reply is FetchRunning running)
                fetch.Runs(running.Fetch);
            else
                fetch.Failed(reply is FetchRefused refused ? refused.Fault : new FetchFault(FetchFaultKind.HostsFailed, "the peer sent an unexpected reply"));
        }
        catch (AskTimeoutException)
        {
            fetch.Failed(new FetchFault(FetchFaultKind.HostsFailed, "the peer did not reply", TimeSpan.FromSeconds(10)));
        }
    }

    private void Over(SharedFetch fetch)
    {
        lock (_lock)
        {
            foreach (var (song, fetches) in _fetches)
            {
                if (!fetches.Remove(fetch))
                    continue;
                _count--;
                if (fetches.Count == 0)
                    _fetches.Remove(song);
                return;
            }
        }
    }
}

/// <summary>A block and where it came from.</summary>
/// <param name="Bytes">The bytes. They never change.</param>
/// <param name="Host">The name of the host, or cache.</param>
/// <param name="Way">The way to the host in words; empty = none.</param>
internal readonly record struct SongBlock(byte[] Bytes, string Host, string Way);
