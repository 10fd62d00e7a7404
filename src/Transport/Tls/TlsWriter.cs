using System.Net.Security;
using TspActors.Transport.Connections;

namespace TspActors.Transport.Tls;

/// <summary>
/// The writing half of a <see cref="TlsLink"/>: encrypts the queued bytes, one block at a time, and finally the close_notify.
/// </summary>
/// <param name="stream">The stream to write to.</param>
/// <param name="accepted">Called with a write's receipt when the socket has accepted the complete write, and with null on other
///   progress.</param>
/// <param name="wake">Called when a pending write has completed.</param>
internal sealed class TlsWriter(SslStream stream, Action<Receipt?> accepted, Action wake)
{
    private readonly PlainQueue _queue = new();
    private ValueTask _write;
    private WriterState _state;
    private bool _isWriting;

    private enum WriterState
    {
        Handshaking,
        Open,

        // A close_notify follows everything that is queued.
        Ending,

        // The close_notify has been encrypted.
        Ended,
        Failed,
    }

    /// <summary>The number of bytes that have not been encrypted and accepted yet; the close_notify counts as one.</summary>
    public long InFlight => _queue.Bytes > 0 ? _queue.Bytes : _state == WriterState.Ending ? 1 : 0;

    /// <summary>True if nothing more can be written.</summary>
    public bool HasFailed => _state == WriterState.Failed;

    /// <summary>True if nothing is being encrypted or waiting to be encrypted.</summary>
    public bool IsIdle => !_isWriting && _queue.Bytes == 0;

    /// <summary>
    /// The number of bytes encrypted since the last release of OpenSSL's buffers. It starts high, so that the buffers are also
    /// released after the handshake.
    /// </summary>
    public long Unreleased { get; set; } = int.MaxValue;

    /// <summary>Allows writing, because the handshake is done.</summary>
    public void Open() => _state = WriterState.Open;

    /// <summary>Adds one write of up to two pieces.</summary>
    public void Add(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second, Receipt? receipt) => _queue.Add(first, second, receipt);

    /// <summary>Sends a close_notify after everything that is queued.</summary>
    public void End()
    {
        if (_state == WriterState.Open)
            _state = WriterState.Ending;
    }

#pragma warning disable CA2012 // The pending write is kept in a field and consumed once.
    /// <summary>Encrypts the next queued bytes; returns true if there was progress.</summary>
    /// <param name="isSending">True while the socket has not accepted all bytes of the last write.</param>
    public bool Encrypt(bool isSending)
    {
        if (_isWriting)
            return _write.IsCompleted && EndWrite();
        if (isSending || _state is not (WriterState.Open or WriterState.Ending))
            return false;
        if (_queue.TryNext(out var block))
        {
            Unreleased += block.Length;
            _write = block.IsEmpty ? default : stream.WriteAsync(block);
        }
        else if (_state == WriterState.Ending)
        {
            _write = new ValueTask(stream.ShutdownAsync());
            _state = WriterState.Ended;
        }
        else
        {
            return false;
        }

        _isWriting = true;
        if (!_write.IsCompleted)
            _write.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(wake);
        return true;
    }

    private bool EndWrite()
    {
        _isWriting = false;
        try
        {
            _write.GetAwaiter().GetResult();
            _queue.Accept(accepted);
        }
        catch (Exception)
        {
            // Whatever went wrong, nothing more can be sent.
            _state = WriterState.Failed;
        }

        return true;
    }
#pragma warning restore CA2012
}
