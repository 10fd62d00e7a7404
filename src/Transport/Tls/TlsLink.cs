using System.Net.Security;
using System.Net.Sockets;
using Akka.Actor;
using Akka.IO;
using TspActors.Transport.Connections;

namespace TspActors.Transport.Tls;

/// <summary>
/// The TLS layer of one connection, between the connection actor and its socket: decrypts the bytes that the socket received, and
/// encrypts those that the session sends.
/// </summary>
/// <remarks>
/// Only the connection actor uses it. The handshake runs on other threads (<see cref="HandshakeGate"/>). Afterwards, everything runs on
/// the actor's thread: SslStream continues on the thread that completes its pending read or write. If it ever continues on a different one,
/// the actor receives <see cref="CipherSocket.Work"/> and calls <see cref="Resume"/>.
/// </remarks>
internal sealed class TlsLink : ILinkWriter
{
    /// <summary>
    /// The maximum number of bytes that a remote end may send in a handshake. A chain of certificates from an authority is 3 to 6 KiB long.
    /// OpenSSL would accept 100 KiB, but reading that many certificates takes too much time.
    /// </summary>
    public const int MaxHandshakeBytes = 64 * 1024;

    // After smaller writes, releasing the buffers is not worth the effort.
    private const int WorthReleasing = 2 * 1024;

    private readonly IActorRef _owner;
    private readonly TlsHandshake _handshake;
    private readonly CipherSocket _cipher;
    private readonly SslStream _ssl;
    private readonly TlsReader _reader;
    private readonly TlsWriter _writer;
    private int _disposal;
    private bool _isOpen;

    /// <param name="socket">The socket. Akka.IO reads and closes it.</param>
    /// <param name="io">Akka.IO's actor, from which more input is requested when necessary.</param>
    /// <param name="owner">The connection actor.</param>
    /// <param name="accepted">Called with a write's receipt when the socket has accepted the complete write, and with null for any other
    ///   progress.</param>
    /// <param name="handshake">The handshake to perform.</param>
    public TlsLink(Socket socket, IActorRef io, IActorRef owner, Action<Receipt?> accepted, TlsHandshake handshake)
    {
        _owner = owner;
        _handshake = handshake;
        _cipher = new CipherSocket(socket, io, owner, () => accepted(null));
        _ssl = new SslStream(_cipher.Stream, leaveInnerStreamOpen: true);
        _reader = new TlsReader(_ssl, _cipher.Stream, _cipher.Wake);
        _writer = new TlsWriter(_ssl, accepted, _cipher.Wake);
    }

    /// <inheritdoc/>
    public long InFlight => _writer.InFlight > 0 ? _writer.InFlight : _cipher.InFlight;

    /// <inheritdoc/>
    public bool HasUnreadInput => _cipher.HasUnreadInput;

    /// <inheritdoc/>
    public SocketError? Failure => _cipher.Failure ?? (_writer.HasFailed ? SocketError.SocketError : null);

    /// <summary>True if the socket will supply nothing more.</summary>
    public bool HasSocketEnded => _cipher.HasEnded;

    /// <summary>A description of the fault in the input, after <see cref="TlsReadResult.Failed"/>.</summary>
    public string ReadFailure => _reader.Failure;

    /// <summary>Starts the handshake. The owner receives <see cref="HandshakeDone"/> or <see cref="HandshakeFailed"/>.</summary>
    /// <returns>False if too many handshakes are waiting.</returns>
    public bool TryStart(HandshakeGate gate)
    {
        _cipher.Stream.Gate = gate;
        return gate.TryStart(() => _ = RunHandshake());
    }

    /// <summary>Records that the owner has received <see cref="HandshakeDone"/>. From now on, the owner may read and write.</summary>
    public void Open()
    {
        _cipher.Stream.Gate = null;
        _isOpen = true;
        _writer.Open();
    }

    /// <summary>Supplies the next bytes from the socket.</summary>
    public void Feed(ByteString data)
    {
        _cipher.Enter();
        var isFirst = _cipher.Received == 0;
        var bytes = _cipher.Take(data);
        if (isFirst && !_handshake.IsServer && PlainAnswer.IsPlain(bytes.Span))
            _owner.Tell(PlainAnswer.Describe(bytes));
        else
            _cipher.Stream.Feed(bytes);
        Leave();
    }

    /// <summary>Records that the socket will supply nothing more.</summary>
    public void FeedEnd()
    {
        _cipher.Enter();
        _cipher.End();
        Leave();
    }

    /// <summary>Decrypts the next bytes.</summary>
    /// <param name="bytes">The bytes, in a separate array.</param>
    public TlsReadResult Read(out ReadOnlyMemory<byte> bytes)
    {
        _cipher.Enter();
        var result = _reader.Read(out bytes);
        Leave();
        return result;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second = default, Receipt? receipt = null)
    {
        _writer.Add(first, second, receipt);
        Resume();
    }

    /// <inheritdoc/>
    public void Continue()
    {
        _cipher.Enter();
        _cipher.Continue();
        Leave();
    }

    /// <summary>Sends a close_notify after everything that is queued.</summary>
    public void EndOutput()
    {
        _writer.End();
        Resume();
    }

    /// <summary>Resumes work after <see cref="CipherSocket.Work"/>.</summary>
    public void Resume()
    {
        _cipher.Enter();
        Leave();
    }

    /// <summary>
    /// Releases the keys. A pending write stays pending, and its buffer is left to the garbage collector, because the operating system may
    /// still be reading from it.
    /// </summary>
    public void Dispose()
    {
        _cipher.Dispose();
        if (_isOpen)
        {
            _ssl.Dispose();
            return;
        }

        _cipher.Stream.Abort();
        if (Interlocked.Increment(ref _disposal) > 1)
            _ssl.Dispose();
    }

    // SslStream must not be disposed of during the handshake. It is disposed of by Dispose or at the end of the handshake, whichever comes
    // later.
    private async Task RunHandshake()
    {
        var outcome = await _handshake.RunAsync(_ssl).ConfigureAwait(false);
        if (Interlocked.Increment(ref _disposal) > 1)
            _ssl.Dispose();
        else
            _owner.Tell(outcome);
    }

    // Everything that can continue does so here rather than deeper in the call stack.
    private void Leave()
    {
        while (_cipher.Send() || _writer.Encrypt(_cipher.IsSending))
        {
        }

        if (_cipher.WantsInput)
        {
            if (_isOpen || _cipher.Received < MaxHandshakeBytes)
                _cipher.Ask();
            else
                _owner.Tell(TooLong);
        }

        if (_isOpen && _writer.Unreleased >= WorthReleasing && _writer.IsIdle && _reader.IsParked && !_cipher.IsSending)
        {
            OpenSslBuffers.Release(_ssl);
            _writer.Unreleased = 0;
        }

        _cipher.Exit();
    }

    private static readonly HandshakeFailed TooLong = new(
        TlsFailure.BadCertificate, $"sent more than {MaxHandshakeBytes / 1024} KiB in the TLS handshake");
}
