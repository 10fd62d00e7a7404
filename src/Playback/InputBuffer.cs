namespace TspActors.Playback;

/// <summary>What a read of the <see cref="InputBuffer"/> found.</summary>
internal enum InputState
{
    Bytes,
    Empty,

    /// <summary>The song is over, and what follows is the next one's; told once.</summary>
    NextSong,

    /// <summary>Nothing is left and nothing will come.</summary>
    Completed,

    /// <summary>The buffer was cleared since the reader's generation: what it holds belongs to another place of the song.</summary>
    Stale,
}

/// <summary>
/// A bounded ring of bytes, of one song after the other, between the network and the player's thread; a writer waits, asynchronously, while it is full.
/// </summary>
internal sealed class InputBuffer
{
    private readonly object _gate = new();
    private readonly ByteRing _ring;
    private readonly Action _written;

    // Where songs end, counted in bytes since the last Clear, as are the three numbers below.
    private readonly Queue<long> _songEnds = new();
    private long _handedOver;
    private long _appended;
    private long _read;
    private int _limit;
    private int _generation;
    private bool _completed;
    private bool _closed;
    private TaskCompletionSource? _waitingWriter;

    /// <param name="capacity">The most bytes it ever holds.</param>
    /// <param name="written">Called, on the writer's thread and outside the lock, when there is something new to see.</param>
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

    /// <summary>Bytes beyond which a writer waits, up to the capacity; what is there already stays.</summary>
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

    /// <summary>Whether nothing will come after what is there.</summary>
    internal bool IsCompleted
    {
        get
        {
            lock (_gate)
                return _completed;
        }
    }

    // Not for every few bytes: the writer is woken when a worthwhile piece fits.
    private bool HasRoom => _ring.Count <= _limit - _limit / 4;

    /// <returns>False when the buffer was cleared or closed before every byte was taken; the rest is dropped.</returns>
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

    /// <summary>Ends the song after everything handed over so far, that of a waiting writer too; takes a <see cref="Complete"/> back.</summary>
    internal void BeginNext()
    {
        lock (_gate)
        {
            _completed = false;
            _songEnds.Enqueue(_handedOver);
        }

        _written();
    }

    /// <summary>Drops everything, that of a waiting writer too, and begins a new generation.</summary>
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

    /// <summary>Takes nothing any more.</summary>
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

    // What a cancelled writer had still to give never comes: a song that was ended behind it ends with what did.
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
