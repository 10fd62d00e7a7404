using Akka.Actor;
using TspActors.Gateway.Library;
using TspActors.Gateway.Swarm;

namespace TspActors.Gateway.Media;

/// <summary>
/// One fetch of a song, shared by the readers that are near each other. It cuts the bytes into blocks, and runs a limited distance ahead of
/// its furthest reader. Thread-safe.
/// </summary>
internal sealed class SharedFetch : ISongReceiver
{
    // Blocks behind the furthest reader that stay available to slower ones, even without a cache.
    private const int BlocksBehind = 4;

    private readonly Lock _lock = new();
    private readonly LibrarySong _song;
    private readonly BlockCache _cache;
    private readonly GatewayMediaSettings _settings;
    private readonly TimeProvider _time;
    private readonly Action<SharedFetch> _over;
    private readonly Dictionary<int, byte[]> _window = [];
    private readonly Dictionary<int, TaskCompletionSource<byte[]>> _waiting = [];
    private readonly int _ahead;
    private byte[] _block;
    private int _filled;
    private int _wanted;
    private FetchFault? _fault;
    private IActorRef? _fetch;
    private TaskCompletionSource _moreWanted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SharedFetch(
        LibrarySong song, int firstBlock, string device, BlockCache cache, GatewayMediaSettings settings, TimeProvider time,
        Action<SharedFetch> over)
    {
        (_song, Next, Device, _cache, _settings, _time, _over) = (song, firstBlock, device, cache, settings, time, over);
        _wanted = firstBlock;
        _ahead = Math.Max(1, (int)(settings.ReadAhead / SongBlocks.Size));
        _block = NewBlock();
    }

    /// <summary>The device that caused the fetch.</summary>
    public string Device { get; }

    /// <summary>The block that arrives next.</summary>
    public int Next { get; private set; }

    /// <summary>The name of the host that sends; empty = none yet.</summary>
    public string Host { get; private set; } = "";

    /// <summary>The way to the host in words.</summary>
    public string Way { get; private set; } = "";

    /// <summary>Whether a host has said something that explains a wait, such as that it is busy.</summary>
    public bool HasNotice { get; private set; }

    /// <summary>Whether the fetch is over.</summary>
    public bool IsOver
    {
        get
        {
            lock (_lock)
                return _fault is not null;
        }
    }

    /// <summary>Whether no reader waits for a block.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
                return _waiting.Count == 0;
        }
    }

    /// <summary>Returns a block if this fetch has it or will soon have it; null if another fetch is needed.</summary>
    public Task<byte[]>? TryWait(int block)
    {
        lock (_lock)
        {
            if (_window.TryGetValue(block, out var bytes))
                return Task.FromResult(bytes);
            if (_fault is not null || block < Next || block > Next + _ahead)
                return null;
            if (!_waiting.TryGetValue(block, out var waiting))
                _waiting.Add(block, waiting = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously));
            Want(block);
            return waiting.Task;
        }
    }

    /// <summary>Records that a reader has reached a block, which it has from elsewhere, so that the fetch keeps ahead of it.</summary>
    public void Reached(int block)
    {
        lock (_lock)
        {
            if (block <= Next + _ahead)
                Want(block);
        }
    }

    /// <summary>Tells the fetch by whom it is carried out.</summary>
    public void Runs(IActorRef fetch)
    {
        lock (_lock)
            _fetch = fetch;
        if (IsOver)
            fetch.Tell(StopFetching.Instance);
    }

    /// <summary>Ends the fetch and releases its host.</summary>
    public void Stop(FetchFault reason)
    {
        End(reason);
        _fetch?.Tell(StopFetching.Instance);
    }

    /// <inheritdoc/>
    public void Started(string host, string way) => (Host, Way) = (host, way);

    /// <inheritdoc/>
    public void Notice(string text) => HasNotice = true;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty && Next < SongBlocks.Count(_song.Size))
        {
            if (_filled == 0 && !await WaitUntilWantedAsync(cancellation).ConfigureAwait(false))
                return;
            var count = Math.Min(bytes.Length, _block.Length - _filled);
            bytes[..count].CopyTo(_block.AsMemory(_filled));
            _filled += count;
            bytes = bytes[count..];
            if (_filled == _block.Length)
                Complete();
        }
    }

    /// <inheritdoc/>
    public void Completed() => End(new FetchFault(FetchFaultKind.HostsFailed, "the song is shorter than its hosts said"));

    /// <inheritdoc/>
    public void Failed(FetchFault fault) => End(fault);

    private byte[] NewBlock() =>
        Next < SongBlocks.Count(_song.Size) ? new byte[SongBlocks.LengthOf(Next, _song.Size)] : [];

    private void Want(int block)
    {
        if (block <= _wanted)
            return;
        _wanted = block;
        foreach (var old in _window.Keys.Where(kept => kept < block - BlocksBehind).ToList())
            _window.Remove(old);
        var more = _moreWanted;
        _moreWanted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        more.SetResult();
    }

    // Waits until a reader is near the next block. If no reader comes, the host is released.
    private async ValueTask<bool> WaitUntilWantedAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task more;
            lock (_lock)
            {
                if (_fault is not null)
                    return false;
                if (Next <= _wanted + _ahead)
                    return true;
                more = _moreWanted.Task;
            }

            try
            {
                await more.WaitAsync(_settings.ReleaseAfter, _time, cancellation).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                Stop(new FetchFault(FetchFaultKind.HostsFailed, "no player reads on"));
                return false;
            }
        }
    }

    private void Complete()
    {
        var (number, block) = (Next, _block);
        _cache.Add(_song.Hash, number, block);
        TaskCompletionSource<byte[]>? waiting;
        lock (_lock)
        {
            _window[number] = block;
            Next++;
            _filled = 0;
            _block = NewBlock();
            _waiting.Remove(number, out waiting);
        }

        waiting?.TrySetResult(block);
    }

    private void End(FetchFault fault)
    {
        List<TaskCompletionSource<byte[]>> waiting;
        lock (_lock)
        {
            if (_fault is not null)
                return;
            _fault = fault;
            waiting = [.. _waiting.Values];
            _waiting.Clear();
            _moreWanted.TrySetResult();
        }

        foreach (var reader in waiting)
        {
            reader.TrySetException(new FetchException(fault));
            // A reader that has left does not look at its task.
            _ = reader.Task.Exception;
        }

        _over(this);
    }
}
