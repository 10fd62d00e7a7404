using System.Threading.Tasks.Sources;

namespace TspActors.Transport.Tls;

/// <summary>
/// The encrypted side of a TLS connection as a stream: reads return the bytes that the connection actor received from the socket, and
/// writes wait until the actor has handed the bytes to the socket.
/// </summary>
/// <remarks>
/// One read and one write may be pending at the same time. A read of zero bytes waits until there is input, so SslStream needs no
/// buffer while it waits. A write's buffer belongs to the writer again once the write has completed; a write that the socket never
/// accepts therefore never completes. Thread-safe, because a handshake runs on threads other than the actor's.
/// </remarks>
/// <param name="wake">Called when a read has to wait for input or a write has to wait for the socket.</param>
/// <param name="tryWrite">Writes directly to the socket if the caller's thread allows it.</param>
internal sealed class CipherStream(Action wake, Func<ReadOnlyMemory<byte>, DirectWrite> tryWrite)
    : Stream, IValueTaskSource<int>, IValueTaskSource
{
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<int> _read;
    private ManualResetValueTaskSourceCore<bool> _write;
    private Memory<byte> _readInto;
    private ReadOnlyMemory<byte> _input;
    private ReadOnlyMemory<byte> _output;
    private bool _isReading;
    private bool _hasOutput;
    private bool _hasEnded;
    private bool _isClosed;

    /// <summary>Runs the continuation of a completed read or write; null = it runs immediately, on the caller's thread.</summary>
    public HandshakeGate? Gate { get; set; }

    /// <summary>True if a read is waiting for <see cref="Feed"/>.</summary>
    public bool WantsInput
    {
        get
        {
            lock (_lock)
                return _isReading;
        }
    }

    /// <summary>True if the reader has seen that the socket's input has ended.</summary>
    public bool EndWasRead { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Supplies the next bytes from the socket. The previous bytes must have been read.</summary>
    public void Feed(ReadOnlyMemory<byte> bytes)
    {
        int count;
        lock (_lock)
        {
            if (!_input.IsEmpty)
                throw new InvalidOperationException("The previous bytes have not been read.");
            _input = bytes;
            if (!_isReading || bytes.IsEmpty)
                return;
            _isReading = false;
            count = ReadInput(_readInto.Span);
        }

        CompleteRead(count);
    }

    /// <summary>Records that the socket will supply nothing more.</summary>
    public void FeedEnd()
    {
        lock (_lock)
        {
            _hasEnded = true;
            if (!_isReading)
                return;
            _isReading = false;
            EndWasRead = !_readInto.IsEmpty;
        }

        CompleteRead(0);
    }

    /// <summary>Returns the bytes of a write that is waiting for the socket. Each write is returned once.</summary>
    public bool TryTakeOutput(out ReadOnlyMemory<byte> bytes)
    {
        lock (_lock)
        {
            bytes = _output;
            _output = default;
            var had = _hasOutput;
            _hasOutput = false;
            return had;
        }
    }

    /// <summary>Completes the pending write: the socket has accepted its bytes.</summary>
    public void CompleteWrite()
    {
        if (Gate is { } gate)
            gate.Continue(() => _write.SetResult(true));
        else
            _write.SetResult(true);
    }

    /// <summary>
    /// Makes the pending read and all later reads fail. A pending write stays pending, because the socket may still use its bytes.
    /// </summary>
    public void Abort()
    {
        lock (_lock)
        {
            _isClosed = true;
            if (!_isReading)
                return;
            _isReading = false;
        }

        var cut = new IOException("the connection was aborted");
        if (Gate is { } gate)
            gate.Continue(() => _read.SetException(cut));
        else
            _read.SetException(cut);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        short version;
        lock (_lock)
        {
            if (_isClosed)
                return ValueTask.FromException<int>(new IOException("the connection was aborted"));
            if (_isReading)
                throw new NotSupportedException("Another read is pending.");
            if (!_input.IsEmpty)
                return new ValueTask<int>(ReadInput(buffer.Span));
            if (_hasEnded)
            {
                EndWasRead |= !buffer.IsEmpty;
                return new ValueTask<int>(0);
            }

            _isReading = true;
            _readInto = buffer;
            _read.Reset();
            version = _read.Version;
        }

        wake();
        return new ValueTask<int>(this, version);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _write.Reset();
        var version = _write.Version;
        switch (tryWrite(buffer))
        {
            case DirectWrite.Accepted:
                return ValueTask.CompletedTask;
            case DirectWrite.Pending:
                return new ValueTask(this, version);
            default:
                lock (_lock)
                {
                    if (_isClosed)
                        return ValueTask.FromException(new IOException("the connection was aborted"));
                    _output = buffer;
                    _hasOutput = true;
                }

                wake();
                return new ValueTask(this, version);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token) => _write.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _write.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _write.OnCompleted(continuation, state, token, flags);

    private int ReadInput(Span<byte> into)
    {
        var count = Math.Min(into.Length, _input.Length);
        _input.Span[..count].CopyTo(into);
        // An empty remainder must not keep the array alive.
        _input = count == _input.Length ? default : _input[count..];
        return count;
    }

    private void CompleteRead(int count)
    {
        _readInto = default;
        if (Gate is { } gate)
            gate.Continue(() => _read.SetResult(count));
        else
            _read.SetResult(count);
    }
}

/// <summary>The outcome of an attempt to write directly to the socket.</summary>
internal enum DirectWrite
{
    /// <summary>The caller is not on the actor's thread, so nothing was written.</summary>
    NotHere,

    /// <summary>The socket has been given the bytes, but has not accepted all of them.</summary>
    Pending,

    /// <summary>The socket has accepted all bytes.</summary>
    Accepted,
}
