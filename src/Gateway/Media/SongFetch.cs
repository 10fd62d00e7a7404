using Akka.Actor;
using TspActors.Gateway.Swarm;

namespace TspActors.Gateway.Media;

/// <summary>
/// A running fetch of a song, starting at a given block. It keeps the newest blocks for its readers, makes the host wait while the fetch is
/// far enough ahead of the foremost reader, and stops when no reader has read anything for some time. Thread-safe.
/// </summary>
internal sealed class SongFetch(SongFetchPlan plan, TimeProvider time, Action<long, ReadOnlyMemory<byte>> onBlock, Action onEnd)
    : ISongReceiver
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, ReadOnlyMemory<byte>> _blocks = [];
    private long _next = plan.First;
    private long _wanted = plan.First;
    private byte[] _current = new byte[plan.LengthOf(plan.First)];
    private int _filled;
    private bool _hasEnded;
    private TaskCompletionSource? _progress;
    private TaskCompletionSource? _room;
    private IActorRef? _actor;
    private long _received;
    private volatile bool _isLooking;

    /// <summary>Why the fetch ended early; null = it did not fail.</summary>
    public FetchFault? Fault { get; private set; }

    /// <summary>The host that is sending; empty = none yet.</summary>
    public string Host { get; private set; } = "";

    /// <summary>The way to the host, in words.</summary>
    public string Way { get; private set; } = "";

    /// <summary>The number of bytes received.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>
    /// Whether the peer is looking for another host, or waiting for busy ones: it has reported the reason, and no host has started sending
    /// since.
    /// </summary>
    public bool IsLooking => _isLooking;

    /// <summary>Whether the fetch is over.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_lock)
                return _hasEnded;
        }
    }

    /// <summary>Requests the song from the peer.</summary>
    public async Task RunAsync(IActorRef peer, int songId, TimeSpan deadline)
    {
        try
        {
            var fetch = new FetchSong(songId, plan.First * Block.Size, false, this) { Hash = plan.Hash };
            switch (await peer.Ask<object>(fetch, deadline).ConfigureAwait(false))
            {
                case FetchRunning running:
                    bool isLate;
                    lock (_lock)
                    {
                        _actor = running.Fetch;
                        isLate = _hasEnded;
                    }

                    if (isLate)
                        running.Fetch.Tell(StopFetching.Instance);
                    break;
                case FetchRefused refused:
                    End(refused.Fault);
                    break;
                case Status.Failure failure:
                    End(new FetchFault(FetchFaultKind.HostsFailed, failure.Cause.Message));
                    break;
                case var other:
                    End(new FetchFault(FetchFaultKind.HostsFailed, $"unexpected reply {other.GetType().Name}"));
                    break;
            }
        }
        catch (AskTimeoutException)
        {
            End(new FetchFault(FetchFaultKind.HostsFailed, "no host was found in time"));
        }
        catch (Exception fault)
        {
            // The reply was a failure. The reason is passed on to the readers.
            End(new FetchFault(FetchFaultKind.HostsFailed, fault.Message));
        }
    }

    /// <summary>Looks for a block on behalf of a reader.</summary>
    /// <param name="block">The block.</param>
    /// <param name="bytes">The block's bytes; empty = it has not arrived.</param>
    /// <returns>If the bytes are empty: a task that completes at the next change, or null if this fetch will not deliver the block
    /// soon.</returns>
    public Task? Look(long block, out ReadOnlyMemory<byte> bytes)
    {
        TaskCompletionSource? room = null;
        Task? progress = null;
        lock (_lock)
        {
            var isHere = _blocks.TryGetValue(block, out bytes);
            if (isHere || (!_hasEnded && Covers(block)))
            {
                if (block > _wanted)
                    (_wanted, room, _room) = (block, _room, null);
                if (!isHere)
                    progress = (_progress ??= New()).Task;
            }
        }

        room?.TrySetResult();
        return progress;
    }

    /// <summary>Returns whether a reader at this block can use the fetch.</summary>
    public bool IsOfUse(long block)
    {
        lock (_lock)
            return !_hasEnded && (Covers(block) || _blocks.ContainsKey(block));
    }

    /// <summary>Ends the fetch and releases the host.</summary>
    public void Stop()
    {
        if (End(null) is { } actor)
            actor.Tell(StopFetching.Instance);
    }

    /// <inheritdoc/>
    public void Started(string host, string way) => (Host, Way, _isLooking) = (host, way, false);

    /// <inheritdoc/>
    public void Notice(string text) => _isLooking = true;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty)
        {
            await WaitForRoomAsync(cancellation).ConfigureAwait(false);
            bytes = bytes[Take(bytes.Span)..];
        }
    }

    /// <inheritdoc/>
    public void Completed()
    {
        bool isWhole;
        lock (_lock)
            isWhole = _next == plan.Count;
        End(isWhole ? null : new FetchFault(FetchFaultKind.HostsFailed, "the song is shorter than the catalog says"));
    }

    /// <inheritdoc/>
    public void Failed(FetchFault fault) => End(fault);

    private bool Covers(long block) => block >= _next && block <= _next + plan.Ahead;

    private async ValueTask WaitForRoomAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task room;
            lock (_lock)
            {
                if (_hasEnded)
                    throw new OperationCanceledException("the fetch was stopped");
                if (_next <= _wanted + plan.Ahead)
                    return;
                room = (_room ??= New()).Task;
            }

            try
            {
                await room.WaitAsync(plan.ReleaseAfter, time, cancellation).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                Stop();
            }
        }
    }

    private int Take(ReadOnlySpan<byte> bytes)
    {
        ReadOnlyMemory<byte> done = default;
        TaskCompletionSource? progress = null;
        long index;
        int count;
        lock (_lock)
        {
            index = _next;
            count = index < plan.Count ? Math.Min(bytes.Length, _current.Length - _filled) : 0;
            bytes[..count].CopyTo(_current.AsSpan(_filled));
            _filled += count;
            if (count > 0 && _filled == _current.Length)
            {
                done = _current;
                _blocks[index] = done;
                _blocks.Remove(index - 2 * plan.Ahead - 2);
                (_next, _filled, _current) = (index + 1, 0, new byte[plan.LengthOf(index + 1)]);
                (progress, _progress) = (_progress, null);
            }
        }

        if (count == 0)
        {
            // The fetch is ended here, because otherwise the peer would keep waiting for this write.
            End(new FetchFault(FetchFaultKind.HostsFailed, "the song is longer than the catalog says"))?.Tell(StopFetching.Instance);
            throw new OperationCanceledException("the song is longer than the catalog says");
        }

        Interlocked.Add(ref _received, count);
        if (!done.IsEmpty)
            onBlock(index, done);
        progress?.TrySetResult();
        return count;
    }

    private IActorRef? End(FetchFault? fault)
    {
        TaskCompletionSource? progress, room;
        lock (_lock)
        {
            if (_hasEnded)
                return null;
            _hasEnded = true;
            Fault = fault;
            _current = [];
            (progress, room, _progress, _room) = (_progress, _room, null, null);
        }

        onEnd();
        progress?.TrySetResult();
        room?.TrySetResult();
        return _actor;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
