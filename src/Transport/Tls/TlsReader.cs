using System.Buffers;
using System.Net.Security;

namespace TspActors.Transport.Tls;

/// <summary>The outcome of <see cref="TlsReader.Read"/>.</summary>
internal enum TlsReadResult
{
    /// <summary>Bytes were decrypted.</summary>
    Bytes,

    /// <summary>More input is needed. The link has requested it from the socket.</summary>
    Pending,

    /// <summary>The remote end has announced that it will send nothing more (close_notify).</summary>
    End,

    /// <summary>The input ended without a close_notify: someone may have truncated it.</summary>
    CutOff,

    /// <summary>The input was not valid TLS, or the remote end reported an error.</summary>
    Failed,
}

/// <summary>The reading half of a <see cref="TlsLink"/>. It uses no buffer while it waits for input.</summary>
/// <param name="stream">The stream to read; its handshake is done.</param>
/// <param name="cipher">The underlying stream, which records how the input ended.</param>
/// <param name="wake">Called when a pending read has completed.</param>
internal sealed class TlsReader(SslStream stream, CipherStream cipher, Action wake)
{
    private const int BufferBytes = 16 * 1024;

    private ValueTask<int> _read;
    private bool _isReading;
    private byte[]? _buffer;

    /// <summary>A description of the fault in the input, after <see cref="TlsReadResult.Failed"/>.</summary>
    public string Failure { get; private set; } = "";

    /// <summary>True if no read is running, or if the running read is waiting for the underlying stream.</summary>
    public bool IsParked => !_isReading || cipher.WantsInput;

    /// <summary>Decrypts the next bytes: a read of zero bytes, which waits without a buffer, then a read into a pooled buffer.</summary>
    /// <param name="bytes">The bytes, in a separate array, because frames keep slices of it.</param>
    public TlsReadResult Read(out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        while (true)
        {
            if (!IsComplete())
                return TlsReadResult.Pending;
            if (!TryEnd(out var count))
                return TlsReadResult.Failed;
            if (_buffer is null)
            {
                _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
                continue;
            }

            bytes = _buffer.AsSpan(0, count).ToArray();
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
            return count > 0 ? TlsReadResult.Bytes : cipher.EndWasRead ? TlsReadResult.CutOff : TlsReadResult.End;
        }
    }

#pragma warning disable CA2012 // The pending read is kept in a field and consumed once.
    private bool IsComplete()
    {
        if (!_isReading)
        {
            _isReading = true;
            _read = stream.ReadAsync(_buffer.AsMemory());
            if (!_read.IsCompleted)
                _read.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(wake);
        }

        return _read.IsCompleted;
    }

    private bool TryEnd(out int count)
    {
        _isReading = false;
        try
        {
            count = _read.GetAwaiter().GetResult();
            return true;
        }
        catch (Exception cause)
        {
            // Whatever the remote end sent, nothing more can be read.
            count = 0;
            Failure = (cause.InnerException ?? cause).Message;
            return false;
        }
    }
#pragma warning restore CA2012
}
