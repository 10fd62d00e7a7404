namespace TspActors.Playback;

/// <summary>The result of reading from the <see cref="InputBuffer"/>.</summary>
internal enum InputState
{
    Bytes,
    Empty,

    /// <summary>The song has ended and the next one follows; returned once per boundary.</summary>
    NextSong,

    /// <summary>The buffer is empty and nothing will follow.</summary>
    Completed,

    /// <summary>The buffer was cleared since the reader's generation: it now holds another position of the song.</summary>
    Stale,
}

/// <summary>
/// A bounded ring buffer of MP3 bytes, song after song, between the network and the player's thread. A writer waits asynchronously while it is full.
/// </summary>
internal sealed class InputBuffer
{
    private readonly object _gate = new();
    private readonly ByteRing _ring;
    private readonly Action _written;

    // Where songs end, in bytes since the last Clear. The three counters below use the same origin.
    private readonly Queue<long> _songEnds = new();
    private long _handedOver;
    private long _appended;
    private long _read;
    private int _limit;
    private int _generation;
    private bool _completed;
    private bool _closed;
    private TaskCompletionSource? _waitingWriter;

    /// <param name="capacity">The maximum number of bytes it holds.</param>
    /// <param name="written">Called on the writer's thread, outside the lock, when there is something new to read.</param>
    internal InputBuffer(int capacity, Action written)
    {
        _ring = new ByteRing(capacity);
        _limit = capacity;
        _written = written;
    }

    internal int Count
    {
        get
        {
            lock (_gate)
                return _ring.Count;
        }
    }

    /// <summary>The fill level above which a writer waits, up to the capacity. Bytes already buffered stay.</summary>
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

    /// <summary>True when nothing will follow the buffered bytes.</summary>
    internal bool IsCompleted
    {
        get
        {
            lock (_gate)
                return _completed;
        }
    }

    // The writer wakes only when a worthwhile amount of room is free, not for every few bytes.
    private bool HasRoom => _ring.Count <= _limit - _limit / 4;

    /// <returns>False when the buffer was cleared or closed before it accepted every byte; the rest is dropped.</returns>
    internal ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        int taken, generation;
        lock (_gate)
        {
            if (_closed)
                return new ValueTask<bool>(false);
            if (_completed)
                throw new InvalidOperationException("The song was completed; nothing can follow.");
            if (_waitingWriter is not null)
                throw new InvalidOperationException("Another write is still waiting for room.");
            _handedOver += bytes.Length;
            taken = Append(bytes.Span);
            generation = _generation;
        }

        _written();
        return taken == bytes.Length ? new ValueTask<bool>(true) : WriteRestAsync(bytes[taken..], generation, cancel);
    }

    internal void Complete()
    {
        lock (_gate)
            _completed = true;
        _written();
    }

    internal void TakeBackComplete()
    {
        lock (_gate)
            _completed = false;
        _written();
    }

    /// <summary>Ends the song after everything written so far, including the bytes of a waiting writer. Withdraws a <see cref="Complete"/>.</summary>
    internal void BeginNext()
    {
        lock (_gate)
        {
            _completed = false;
            _songEnds.Enqueue(_handedOver);
        }

        _written();
    }

    /// <summary>Drops everything, including the bytes of a waiting writer, and starts a new generation.</summary>
    internal int Clear()
    {
        int generation;
        lock (_gate)
        {
            generation = ++_generation;
            Empty();
            _completed = false;
            ReleaseWriter();
        }

        return generation;
    }

    /// <summary>Stops accepting bytes.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Empty();
            ReleaseWriter();
        }
    }

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
                return _completed ? InputState.Completed : InputState.Empty;
            read = _ring.Take(_songEnds.Count == 0 ? target : target[..(int)Math.Min(target.Length, end - _read)]);
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
                if (_closed || generation != _generation)
                    return false;
                rest = rest[Append(rest.Span)..];
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
                Forget(generation);
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

    private int Append(ReadOnlySpan<byte> bytes)
    {
        var size = _ring.Append(bytes[..Math.Clamp(_limit - _ring.Count, 0, bytes.Length)]);
        _appended += size;
        return size;
    }

    // The rest of a cancelled write never arrives: a song that was ended behind it ends with the bytes that did.
    private void Forget(int generation)
    {
        lock (_gate)
        {
            if (generation != _generation)
                return;
            for (var left = _songEnds.Count; left > 0; left--)
                _songEnds.Enqueue(Math.Min(_songEnds.Dequeue(), _appended));
            _handedOver = _appended;
        }

        _written();
    }

    private void Empty()
    {
        _ring.Clear();
        _handedOver = _appended = _read = 0;
        _songEnds.Clear();
    }

    private void ReleaseWriter()
    {
        _waitingWriter?.TrySetResult();
        _waitingWriter = null;
    }
}
