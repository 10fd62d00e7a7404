namespace TspActors.Playback.Player;

/// <summary>
/// A bounded buffer of MP3 bytes, song after song, between the network and the player's thread. A writer waits asynchronously while the
/// buffer is full.
/// </summary>
internal sealed class InputBuffer
{
    private readonly object _gate = new();
    private readonly ByteRing _ring;
    private readonly Action _written;

    // The positions at which songs end, in bytes since the last Clear. The three counters below have the same origin.
    private readonly Queue<long> _songEnds = new();
    private long _handedOver;
    private long _enqueued;
    private long _read;
    private int _limit;
    private int _generation;
    private Phase _phase;
    private TaskCompletionSource? _waitingWriter;

    /// <param name="capacity">The maximum number of bytes in the buffer.</param>
    /// <param name="written">Called outside the lock, on the thread that changed the buffer, when the reader should try again.</param>
    internal InputBuffer(int capacity, Action written)
    {
        _ring = new ByteRing(capacity);
        _limit = capacity;
        _written = written;
    }

    // Complete changes Open to Completed. WithdrawComplete, BeginNext and Clear change it back. Closed is final.
    private enum Phase
    {
        Open,
        Completed,
        Closed,
    }

    internal int Count
    {
        get
        {
            lock (_gate)
                return _ring.Count;
        }
    }

    /// <summary>The fill level above which a writer waits; at most the capacity. Lowering it keeps the bytes already buffered.</summary>
    internal int Limit
    {
        set
        {
            lock (_gate)
            {
                _limit = Math.Clamp(value, 1, _ring.Capacity);
                if (HasRoom)
                    ReleaseWriter();
            }
        }
    }

    /// <summary>Whether no bytes will follow the buffered ones.</summary>
    internal bool IsCompleted
    {
        get
        {
            lock (_gate)
                return _phase == Phase.Completed;
        }
    }

    // The writer is woken only when a quarter of the limit is free, not whenever a few bytes are.
    private bool HasRoom => _ring.Count <= _limit - _limit / 4;

    /// <summary>Writes bytes of the newest song. Waits while the buffer is full.</summary>
    /// <returns>False if the buffer was cleared or closed before it accepted every byte. The rest is dropped.</returns>
    internal ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        int taken, generation;
        lock (_gate)
        {
            if (_phase == Phase.Closed)
                return new ValueTask<bool>(false);
            if (_phase == Phase.Completed)
                throw new InvalidOperationException("The song has been completed; nothing can follow.");
            if (_waitingWriter is not null)
                throw new InvalidOperationException("Another write is still waiting for room.");
            _handedOver += bytes.Length;
            taken = Enqueue(bytes.Span);
            generation = _generation;
        }

        _written();
        return taken == bytes.Length ? new ValueTask<bool>(true) : WriteRestAsync(bytes[taken..], generation, cancel);
    }

    /// <summary>Marks the bytes written so far as the last ones.</summary>
    internal void Complete()
    {
        lock (_gate)
        {
            if (_phase == Phase.Open)
                _phase = Phase.Completed;
        }

        _written();
    }

    /// <summary>Withdraws a <see cref="Complete"/>, because more bytes follow.</summary>
    internal void WithdrawComplete()
    {
        lock (_gate)
            Reopen();
        _written();
    }

    /// <summary>
    /// Ends the song after all bytes written so far, including those of a waiting writer. Also withdraws a <see cref="Complete"/>.
    /// </summary>
    internal void BeginNext()
    {
        lock (_gate)
        {
            Reopen();
            _songEnds.Enqueue(_handedOver);
        }

        _written();
    }

    /// <summary>Drops all bytes, including those of a waiting writer, and starts a new generation.</summary>
    /// <returns>The number of the new generation.</returns>
    internal int Clear()
    {
        int generation;
        lock (_gate)
        {
            generation = ++_generation;
            Empty();
            Reopen();
            ReleaseWriter();
        }

        return generation;
    }

    /// <summary>Drops all bytes, and accepts no more.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _phase = Phase.Closed;
            Empty();
            ReleaseWriter();
        }
    }

    /// <summary>Reads the next bytes of one song.</summary>
    internal InputState Read(Span<byte> target, int generation, out int read)
    {
        lock (_gate)
        {
            read = 0;
            if (generation != _generation)
                return InputState.Stale;
            if (_songEnds.TryPeek(out var end) && end == _read)
            {
                _songEnds.Dequeue();
                return InputState.NextSong;
            }

            if (_ring.Count == 0)
                return _phase == Phase.Completed ? InputState.Completed : InputState.Empty;
            read = _ring.Dequeue(_songEnds.Count == 0 ? target : target[..(int)Math.Min(target.Length, end - _read)]);
            _read += read;
            if (HasRoom)
                ReleaseWriter();
            return InputState.Bytes;
        }
    }

    private async ValueTask<bool> WriteRestAsync(ReadOnlyMemory<byte> rest, int generation, CancellationToken cancel)
    {
        while (true)
        {
            TaskCompletionSource room;
            lock (_gate)
            {
                if (_phase == Phase.Closed || generation != _generation)
                    return false;
                rest = rest[Enqueue(rest.Span)..];
                if (rest.IsEmpty)
                    break;
                _waitingWriter = room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            _written();
            try
            {
                await room.Task.WaitAsync(cancel).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                DropRest(generation);
                throw;
            }
            finally
            {
                lock (_gate)
                {
                    if (_waitingWriter == room)
                        _waitingWriter = null;
                }
            }
        }

        _written();
        return true;
    }

    private int Enqueue(ReadOnlySpan<byte> bytes)
    {
        var size = _ring.Enqueue(bytes[..Math.Clamp(_limit - _ring.Count, 0, bytes.Length)]);
        _enqueued += size;
        return size;
    }

    // The rest of a cancelled write never arrives. A song that should have ended after those bytes now ends with the last byte that
    // arrived.
    private void DropRest(int generation)
    {
        lock (_gate)
        {
            if (generation != _generation)
                return;
            for (var left = _songEnds.Count; left > 0; left--)
                _songEnds.Enqueue(Math.Min(_songEnds.Dequeue(), _enqueued));
            _handedOver = _enqueued;
        }

        _written();
    }

    private void Reopen()
    {
        if (_phase == Phase.Completed)
            _phase = Phase.Open;
    }

    private void Empty()
    {
        _ring.Clear();
        _handedOver = _enqueued = _read = 0;
        _songEnds.Clear();
    }

    private void ReleaseWriter()
    {
        _waitingWriter?.TrySetResult();
        _waitingWriter = null;
    }
}
