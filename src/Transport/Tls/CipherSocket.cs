using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Akka.IO;
using TspActors.Transport.AkkaInternals;
using TspActors.Transport.Connections;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport.Tls;

/// <summary>
/// The encrypted side of a <see cref="TlsLink"/>: moves bytes between the socket and the <see cref="CipherStream"/> that SslStream uses.
/// </summary>
/// <remarks>
/// <see cref="Enter"/> and <see cref="Exit"/> mark the beginning and the end of each use by the actor. Between them, SslStream runs on the
/// actor's thread, so its writes go to the socket directly. At other times, the actor receives <see cref="Work"/>.
/// </remarks>
internal sealed class CipherSocket : IDisposable
{
    private readonly IActorRef _owner;
    private readonly IActorRef _io;
    private readonly SocketWriter _socket;
    private readonly Action _progressed;
    private readonly ByteStringArray _received = new();
    private int _thread;
    private bool _isSending;
    private bool _inputAsked;

    /// <param name="socket">The socket. Akka.IO reads and closes it.</param>
    /// <param name="io">Akka.IO's actor, from which more input is requested when necessary.</param>
    /// <param name="owner">The connection actor.</param>
    /// <param name="progressed">Called when the socket has accepted encrypted bytes.</param>
    public CipherSocket(Socket socket, IActorRef io, IActorRef owner, Action progressed)
    {
        _io = io;
        _owner = owner;
        _progressed = progressed;
        _socket = new SocketWriter(socket, owner, static _ => { });
        Wake = OnWake;
        Stream = new CipherStream(Wake, TryWrite);
    }

    /// <summary>The stream for SslStream.</summary>
    public CipherStream Stream { get; }

    /// <summary>Tells the owner to call <see cref="TlsLink.Resume"/>, unless the owner is about to continue anyway.</summary>
    public Action Wake { get; }

    /// <summary>The number of encrypted bytes that the operating system has not accepted yet.</summary>
    public long InFlight => _socket.InFlight;

    /// <summary>True if bytes from the remote end are waiting in the operating system to be read.</summary>
    public bool HasUnreadInput => _socket.HasUnreadInput;

    /// <summary>The error that ended writing, or null.</summary>
    public SocketError? Failure => _socket.Failure;

    /// <summary>True while the socket has not accepted all bytes of a write. Meanwhile, nothing more is written to SslStream.</summary>
    public bool IsSending => _isSending;

    /// <summary>True if the socket will supply nothing more.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The number of bytes that the socket has supplied.</summary>
    public long Received { get; private set; }

    /// <summary>True if SslStream is waiting for input that has not been requested from the socket.</summary>
    public bool WantsInput => !_inputAsked && !HasEnded && Stream.WantsInput;

    public void Enter() => _thread = Environment.CurrentManagedThreadId;

    public void Exit() => _thread = 0;

    /// <summary>Returns the bytes that the socket has received, for <see cref="CipherStream.Feed"/>.</summary>
    public ReadOnlyMemory<byte> Take(ByteString data)
    {
        _inputAsked = false;
        Received += data.Count;
        return _received.Extract(data);
    }

    /// <summary>Records that the socket will supply nothing more.</summary>
    public void End()
    {
        HasEnded = true;
        Stream.FeedEnd();
    }

    /// <summary>Requests more input from the socket.</summary>
    public void Ask()
    {
        _inputAsked = true;
        _io.Tell(Tcp.ResumeReading.Instance);
    }

    /// <summary>Continues after <see cref="SocketWriter.Progress"/>.</summary>
    public void Continue() => _socket.Continue();

    /// <summary>Moves encrypted bytes to the socket, which accepts one write at a time. Returns true if there was progress.</summary>
    public bool Send()
    {
        if (_isSending)
        {
            if (_socket.InFlight > 0 || _socket.Failure is not null)
                return false;
            _isSending = false;
            _progressed();
            Stream.CompleteWrite();
            return true;
        }

        if (!Stream.TryTakeOutput(out var bytes))
            return false;
        _isSending = true;
        _socket.Write(bytes);
        return true;
    }

    /// <summary>Releases the send buffers. A pending write stays pending: the operating system may still read its bytes.</summary>
    public void Dispose() => _socket.Dispose();

    private void OnWake()
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

    /// <summary>Tells the owner to call <see cref="TlsLink.Resume"/>.</summary>
    internal sealed class Work : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Work Instance = new();
    }
}
