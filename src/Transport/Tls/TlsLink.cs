using System.Net.Security;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Akka.IO;
using TspActors.Transport.AkkaInternals;
using TspActors.Transport.Connections;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport.Tls;

/// <summary>
/// The TLS layer of one connection, between the connection actor and its socket: decrypts what the socket received, and encrypts what the
/// session sends.
/// </summary>
/// <remarks>
/// Only the connection actor calls it. The handshake runs on other threads (<see cref="HandshakeGate"/>). Afterwards everything runs on the
/// actor's thread: SslStream continues where its pending read or write is completed. If it ever continues on another thread, the
/// actor receives <see cref="Work"/> and calls <see cref="Resume"/>.
/// </remarks>
internal sealed class TlsLink : ILinkWriter
{
    private readonly IActorRef _owner;
    private readonly IActorRef _io;
    private readonly TlsHandshake _handshake;
    private readonly SocketWriter _socket;
    private readonly CipherStream _cipher;
    private readonly SslStream _ssl;
    private readonly TlsReader _reader;
    private readonly PlainQueue _queue = new();
    private readonly Action<Receipt?> _accepted;
    private readonly Action _wake;
    private readonly ByteStringArray _received = new();
    private ValueTask _write;
    private LinkState _state;
    private int _thread;
    private int _disposal;
    private bool _isWriting;
    private bool _isSending;
    private bool _inputAsked;
    private bool _hasInput;
    private bool _writeFailed;

    /// <param name="socket">The socket. Akka.IO reads and closes it.</param>
    /// <param name="io">Akka.IO's actor, which is asked for more input when there is need of it.</param>
    /// <param name="owner">The connection actor.</param>
    /// <param name="accepted">Called with a write's receipt when the socket has accepted the whole write; with null on progress.</param>
    /// <param name="handshake">The handshake to perform.</param>
    public TlsLink(Socket socket, IActorRef io, IActorRef owner, Action<Receipt?> accepted, TlsHandshake handshake)
    {
        _io = io;
        _owner = owner;
        _accepted = accepted;
        _handshake = handshake;
        _wake = Wake;
        _socket = new SocketWriter(socket, owner, static _ => { });
        _cipher = new CipherStream(_wake, TryWrite);
        _ssl = new SslStream(_cipher, leaveInnerStreamOpen: true);
        _reader = new TlsReader(_ssl, _cipher, _wake);
    }

    private enum LinkState
    {
        Handshaking,
        Open,
        Ending,
        Ended,
    }

    /// <inheritdoc/>
    public long InFlight => _queue.Bytes > 0 ? _queue.Bytes
        // The close_notify is still to be sent.
        : _state == LinkState.Ending ? 1
        : _socket.InFlight;

    /// <inheritdoc/>
    public bool HasUnreadInput => _socket.HasUnreadInput;

    /// <inheritdoc/>
    public SocketError? Failure => _socket.Failure ?? (_writeFailed ? SocketError.SocketError : null);

    /// <summary>True if the socket will supply nothing more.</summary>
    public bool HasSocketEnded { get; private set; }

    /// <summary>What was wrong with the input, after <see cref="TlsReadResult.Failed"/>.</summary>
    public string ReadFailure => _reader.Failure;

    /// <summary>Starts the handshake. The owner receives <see cref="HandshakeDone"/> or <see cref="HandshakeFailed"/>.</summary>
    /// <returns>False if too many handshakes are waiting.</returns>
    public bool TryStart(HandshakeGate gate)
    {
        _cipher.Gate = gate;
        return gate.TryStart(() => _ = RunHandshake());
    }

    /// <summary>Records that the owner has received <see cref="HandshakeDone"/>. From now on it may read and write.</summary>
    public void Open()
    {
        _cipher.Gate = null;
        _state = LinkState.Open;
    }

    /// <summary>Supplies the next bytes of the socket.</summary>
    public void Feed(ByteString data)
    {
        Enter();
        _inputAsked = false;
        var bytes = _received.Extract(data);
        var isFirst = !_hasInput;
        _hasInput = true;
        if (isFirst && !_handshake.IsServer && PlainAnswer.IsPlain(bytes.Span))
            _owner.Tell(PlainAnswer.Describe(bytes));
        else
            _cipher.Feed(bytes);
        Leave();
    }

    /// <summary>Records that the socket will supply nothing more.</summary>
    public void FeedEnd()
    {
        Enter();
        HasSocketEnded = true;
        _cipher.FeedEnd();
        Leave();
    }

    /// <summary>Decrypts the next bytes.</summary>
    /// <param name="bytes">The bytes in an array of their own.</param>
    public TlsReadResult Read(out ReadOnlyMemory<byte> bytes)
    {
        Enter();
        var result = _reader.Read(out bytes);
        Leave();
        return result;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second = default, Receipt? receipt = null)
    {
        _queue.Add(first, second, receipt);
        Resume();
    }

    /// <inheritdoc/>
    public void Continue()
    {
        Enter();
        _socket.Continue();
        Leave();
    }

    /// <summary>Sends a close_notify after everything that is queued.</summary>
    public void EndOutput()
    {
        if (_state == LinkState.Open)
            _state = LinkState.Ending;
        Resume();
    }

    /// <summary>Continues after <see cref="Work"/>.</summary>
    public void Resume()
    {
        Enter();
        Leave();
    }

    /// <summary>
    /// Releases the keys. A pending write stays pending, and its buffer is left to the garbage collector, because the operating system may
    /// still be reading from it.
    /// </summary>
    public void Dispose()
    {
        _socket.Dispose();
        if (_state != LinkState.Handshaking)
        {
            _ssl.Dispose();
            return;
        }

        _cipher.Abort();
        if (Interlocked.Increment(ref _disposal) > 1)
            _ssl.Dispose();
    }

    // SslStream must not be disposed of during the handshake. The later one of Dispose and the end of the handshake does it.
    private async Task RunHandshake()
    {
        var outcome = await _handshake.RunAsync(_ssl).ConfigureAwait(false);
        if (Interlocked.Increment(ref _disposal) > 1)
            _ssl.Dispose();
        else
            _owner.Tell(outcome);
    }

    private void Enter() => _thread = Environment.CurrentManagedThreadId;

    // Everything that can go on goes on here, and not deeper in the stack.
    private void Leave()
    {
        while (Send() || Encrypt())
        {
        }

        if (_cipher.WantsInput && !_inputAsked && !HasSocketEnded)
        {
            _inputAsked = true;
            _io.Tell(Tcp.ResumeReading.Instance);
        }

        _thread = 0;
    }

    private void Wake()
    {
        if (Environment.CurrentManagedThreadId != _thread)
            _owner.Tell(Work.Instance);
    }

    private DirectWrite TryWrite(ReadOnlyMemory<byte> bytes)
    {
        if (Environment.CurrentManagedThreadId != _thread)
            return DirectWrite.NotHere;
        _socket.Write(bytes);
        _isSending = _socket.InFlight > 0;
        return _isSending ? DirectWrite.Pending : DirectWrite.Accepted;
    }

    // Moves encrypted bytes to the socket; returns true if that was possible. The socket has at most one write at a time.
    private bool Send()
    {
        if (_isSending)
        {
            if (_socket.InFlight > 0 || _socket.Failure is not null)
                return false;
            _isSending = false;
            _accepted(null);
            _cipher.CompleteWrite();
            return true;
        }

        if (!_cipher.TryTakeOutput(out var bytes))
            return false;
        _isSending = true;
        _socket.Write(bytes);
        return true;
    }

#pragma warning disable CA2012 // The pending write is kept in a field and consumed once.
    // Encrypts the next queued bytes; returns true if that was possible.
    private bool Encrypt()
    {
        if (_isWriting)
            return _write.IsCompleted && EndWrite();
        if (_writeFailed || _state is LinkState.Handshaking or LinkState.Ended || _isSending)
            return false;
        if (_queue.TryNext(out var block))
        {
            _write = block.IsEmpty ? default : _ssl.WriteAsync(block);
        }
        else if (_state == LinkState.Ending)
        {
            _write = new ValueTask(_ssl.ShutdownAsync());
            _state = LinkState.Ended;
        }
        else
        {
            return false;
        }

        _isWriting = true;
        if (!_write.IsCompleted)
            _write.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_wake);
        return true;
    }

    private bool EndWrite()
    {
        _isWriting = false;
        try
        {
            _write.GetAwaiter().GetResult();
            _queue.Accept(_accepted);
        }
        catch (Exception)
        {
            // Whatever went wrong, nothing more can be sent.
            _writeFailed = true;
        }

        return true;
    }
#pragma warning restore CA2012

    /// <summary>Tells the owner to call <see cref="Resume"/>.</summary>
    internal sealed class Work : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Work Instance = new();
    }
}
