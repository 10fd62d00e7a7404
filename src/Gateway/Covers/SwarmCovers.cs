using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;
using TspActors.Gateway.Library;
using TspActors.Gateway.Media;
using TspActors.Gateway.Swarm;
using TspActors.Protocol;

namespace TspActors.Gateway.Covers;

/// <summary>
/// The covers of the swarm. Each is fetched once, scaled, and cached in memory and on disk in the requested sizes. Only a few are scaled at
/// the same time. Thread-safe.
/// </summary>
internal sealed class SwarmCovers : ICovers
{
    private const int MemoryBytes = 8 << 20;
    private const int FetchesAtOnce = 6;
    private const int ScalesAtOnce = 2;
    private const int MaxMissing = 10_000;
    private const int MaxRunning = 500;

    // Sizes are rounded up to these, so that one cover is not kept in a hundred sizes.
    private static readonly int[] Sizes = [64, 128, 320, 640, 1200];

    // How long to wait before a cover that could not be fetched is requested again.
    private static readonly TimeSpan MissingFor = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private readonly IActorRef _peer;
    private readonly IMusicLibrary _library;
    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _log;
    private readonly DiskBlocks _disk;
    private readonly RecentBlocks<CoverPicture> _recent = new(MemoryBytes);
    private readonly ConcurrentDictionary<Block, Lazy<Task<CoverPicture?>>> _running = new();
    private readonly ConcurrentDictionary<ContentHash, DateTimeOffset> _missing = new();
    private readonly SemaphoreSlim _fetches = new(FetchesAtOnce);
    private readonly SemaphoreSlim _scales = new(ScalesAtOnce);

    /// <param name="peer">The actor that fetches covers.</param>
    /// <param name="library">The library, which is searched for a song with a given cover.</param>
    /// <param name="folder">The cache folder.</param>
    /// <param name="maxDiskBytes">The maximum size of the cache on disk.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">The log.</param>
    public SwarmCovers(IActorRef peer, IMusicLibrary library, string folder, long maxDiskBytes, TimeProvider time, ILoggingAdapter log)
    {
        (_peer, _library, _time, _log) = (peer, library, time, log);
        _disk = new DiskBlocks(folder, maxDiskBytes, log);
    }

    /// <inheritdoc/>
    public async ValueTask<CoverPicture?> FindAsync(ContentHash cover, int songTrackerId, int size, CancellationToken cancellation)
    {
        var key = new Block(cover, size == 0 ? 0 : Array.Find(Sizes, known => known >= size) is > 0 and var known ? known : Sizes[^1]);
        if (Recent(key) is { } recent)
            return recent;
        if (_missing.TryGetValue(cover, out var until) && until > _time.GetUtcNow())
            return null;
        // A client that shows everything at once can request more covers than hosts can send. The client receives the rest when it requests
        // them again.
        if (_running.Count >= MaxRunning && !_running.ContainsKey(key))
            return null;
        // All callers that want the same picture wait for the same task. A caller that gives up does not cancel it for the others.
        var running = _running.GetOrAdd(
            key, wanted => new Lazy<Task<CoverPicture?>>(() => Task.Run(() => MakeAsync(wanted, songTrackerId), CancellationToken.None)));
        return await running.Value.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _disk.DisposeAsync().ConfigureAwait(false);
        // The semaphores are not disposed, because they own no handles, and a fetch that is still stopping may release them.
    }

    private async Task<CoverPicture?> MakeAsync(Block key, int songTrackerId)
    {
        try
        {
            var picture = await MakeCoreAsync(key, songTrackerId).ConfigureAwait(false);
            if (picture is not null)
            {
                lock (_lock)
                    _recent.Add(key, picture, picture.Bytes.Length);
            }

            return picture;
        }
        finally
        {
            _running.TryRemove(key, out _);
        }
    }

    private async Task<CoverPicture?> MakeCoreAsync(Block key, int songTrackerId)
    {
        await _disk.Listed.ConfigureAwait(false);
        // Scaled pictures were made here. An original came from a stranger, so it is checked below each time.
        if (key.Index != 0 && await ReadAsync(key).ConfigureAwait(false) is { } kept)
            return kept;
        var (original, isNew) = await OriginalAsync(key.Song, songTrackerId).ConfigureAwait(false);
        if (original.IsEmpty)
            return null;
        await _scales.WaitAsync().ConfigureAwait(false);
        try
        {
            var picture = CoverScaler.Scale(original, (int)key.Index);
            if (picture is null)
            {
                _log.Debug("The cover {0} cannot be decoded", key.Song);
                Miss(key.Song);
                return null;
            }

            if (isNew)
                _disk.Add(new Block(key.Song, 0), original);
            if (key.Index != 0)
                _disk.Add(key, picture.Bytes);
            return picture;
        }
        finally
        {
            _scales.Release();
        }
    }

    private async Task<CoverPicture?> ReadAsync(Block key)
    {
        var bytes = await _disk.ReadAsync(key, CancellationToken.None).ConfigureAwait(false);
        return bytes is null ? null : new CoverPicture(bytes, bytes is [0xFF, ..] ? "image/jpeg" : "image/png");
    }

    // Returns the picture as the host sent it, and whether it was fetched just now. Empty = none.
    private async Task<(ReadOnlyMemory<byte> Picture, bool IsNew)> OriginalAsync(ContentHash cover, int songTrackerId)
    {
        var key = new Block(cover, 0);
        if (Recent(key) is { } recent)
            return (recent.Bytes, false);
        if (await _disk.ReadAsync(key, CancellationToken.None).ConfigureAwait(false) is { } kept)
            return (kept, false);
        var song = songTrackerId != 0 ? songTrackerId : _library.FindSongByCover(cover)?.TrackerId ?? 0;
        if (!await TryEnterAsync(_fetches).ConfigureAwait(false))
        {
            // The cover may well exist, so it is not remembered as missing.
            _log.Debug("The cover {0} was not fetched, because others took too long", cover);
            return default;
        }

        try
        {
            var fetched = await _peer.Ask<CoverFetched>(new FetchCover(song, cover), FetchTimeout).ConfigureAwait(false);
            if (fetched.Picture.IsEmpty)
            {
                _log.Debug("The cover {0} could not be fetched: {1}", cover, fetched.Reason);
                Miss(cover);
            }

            return (fetched.Picture, true);
        }
        catch (AskTimeoutException)
        {
            Miss(cover);
            return default;
        }
        finally
        {
            _fetches.Release();
        }
    }

    private async Task<bool> TryEnterAsync(SemaphoreSlim slots)
    {
        using var deadline = new CancellationTokenSource(FetchTimeout, _time);
        try
        {
            await slots.WaitAsync(deadline.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private CoverPicture? Recent(Block key)
    {
        lock (_lock)
            return _recent.TryGet(key, out var picture) ? picture : null;
    }

    private void Miss(ContentHash cover)
    {
        var now = _time.GetUtcNow();
        if (_missing.Count >= MaxMissing)
        {
            foreach (var (known, until) in _missing)
            {
                if (until <= now || _missing.Count >= MaxMissing)
                    _missing.TryRemove(known, out _);
            }
        }

        _missing[cover] = now + MissingFor;
    }
}
