namespace TspActors.Playback;

/// <summary>What a read of the <see cref="InputBuffer"/> found.</summary>
internal enum InputState
{
    Bytes,
    Empty,

    /// <summary>Nothing is left and nothing will come.</summary>
    Completed,

    /// <summary>The buffer was cleared since the reader's generation: what it holds belongs to another place of the song.</summary>
    Stale,
}

/// <summary>A bounded ring of bytes between the network and the player's thread; a writer waits, asynchronously, while it is full.</summary>
internal sealed class InputBuffer
{
    private readonly object _gate = new();
    private readonly byte[] _ring;
    private readonly Action _written;
    private int _head;
    private int _count;
    private int _generation;
    private bool _completed;
    private bool _closed;
    private TaskCompletionSource? _waitingWriter;

    /// <param name="capacity">The most bytes it ever holds.</param>
    /// <param name="written">Called, on the writer's thread and outside the lock, when there is something new to see.</param>
    internal InputBuffer(int capacity, Action written)
    {
        _ring = new byte[capacity];
        _written = written;
    }

    internal int Count
    {
        get
        {
            lock (_gate)
                return _count;
        }
    }

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

    /// <summary>Drops everything, that of a waiting writer too, and begins a new generation.</summary>
    internal int Clear()
    {
        int generation;
        lock (_gate)
        {
            generation = ++_generation;
            _head = _count = 0;
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
            _head = _count = 0;
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
            if (_count == 0)
                return _completed ? InputState.Completed : InputState.Empty;
            read = Math.Min(target.Length, _count);
            var first = Math.Min(read, _ring.Length - _head);
            _ring.AsSpan(_head, first).CopyTo(target);
            _ring.AsSpan(0, read - first).CopyTo(target[first..]);
            _head = (_head + read) % _ring.Length;
            _count -= read;
            // Not for every few bytes: the writer is woken when a worthwhile piece fits.
            if (_count <= _ring.Length - _ring.Length / 4)
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
        var size = Math.Min(bytes.Length, _ring.Length - _count);
        var tail = (_head + _count) % _ring.Length;
        var first = Math.Min(size, _ring.Length - tail);
        bytes[..first].CopyTo(_ring.AsSpan(tail));
        bytes[first..size].CopyTo(_ring);
        _count += size;
        return size;
    }

    private void ReleaseWriter()
    {
        _waitingWriter?.TrySetResult();
        _waitingWriter = null;
    }
}
