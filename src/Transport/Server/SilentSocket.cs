using System.Net.Sockets;
using TspActors.Protocol;

namespace TspActors.Transport.Server;

/// <summary>What a silent socket has received.</summary>
internal enum Arrival
{
    Nothing,
    Bytes,

    /// <summary>The remote end has closed its side or reset the connection.</summary>
    End,
}

/// <summary>
/// An accepted socket whose remote end has sent nothing yet, or nothing but a few PINGs.
/// </summary>
/// <param name="seat">The connection.</param>
/// <param name="arrived">Called when something has arrived, on any thread.</param>
internal sealed class SilentSocket(Seat seat, Action<SilentSocket> arrived) : SocketAsyncEventArgs(true)
{
    // After the last words, an honest stranger sends no more than a small body that was already under way.
    private const int MaxDropped = 32 * 1024;

    // Whatever arrives counts as at least so many bytes, because each arrival costs the server about the same.
    private const int MinDropped = 512;

    // A probe sends one PING, and a silent connection one a minute. Whoever sends more gets an actor, so that the server has little to do.
    private const int MaxPings = 2;

    private int _pings;
    private int _dropped;

    public Seat Seat { get; } = seat;

    /// <summary>Whether the last words have been sent, so that the remote end's are dropped.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>Whether the socket belongs to a connection's actor, or has been closed.</summary>
    public bool IsGone { get; private set; }

    /// <summary>The place in the list of sockets that have the same deadline.</summary>
    public LinkedListNode<SilentSocket>? Place { get; set; }

    /// <summary>When it has been silent, or closing, for too long.</summary>
    public TimeSpan Due { get; set; }

    private Socket Socket => Seat.Accepted.Socket;

    /// <summary>Waits until something arrives. Returns false if the operating system refuses to watch the socket.</summary>
    public bool TryWait()
    {
        try
        {
            if (Socket.Blocking)
                Socket.Blocking = false;
            // A read of no bytes takes no buffer, and ends when there is something to read.
            SetBuffer(Memory<byte>.Empty);
            if (!Socket.ReceiveAsync(this))
                OnCompleted(this);
            return true;
        }
        catch (Exception)
        {
            // .NET throws an internal exception, or one that means that memory is short, when epoll refuses the socket
            // (fs.epoll.max_user_watches). This connection alone must fail, and not the server.
            return false;
        }
    }

    /// <summary>Returns what has arrived, without reading it.</summary>
    public Arrival Look()
    {
        try
        {
            if (Socket.Available > 0)
                return Arrival.Bytes;
            if (SocketError == SocketError.Success && !Socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
                return Arrival.Nothing;
            // Bytes may have arrived meanwhile.
            return Socket.Available > 0 ? Arrival.Bytes : Arrival.End;
        }
        catch (SocketException)
        {
            return Arrival.End;
        }
    }

    /// <summary>Reads a PING and answers it. Returns false if something else has arrived, which is left unread.</summary>
    public bool TryAnswerPing(TimeSpan now)
    {
        Span<byte> frame = stackalloc byte[FrameHeader.Size];
        if (_pings == MaxPings || Socket.Receive(frame, SocketFlags.Peek, out _) < FrameHeader.Size)
            return false;
        // A PING has no body, and a negative id is a violation.
        if (frame[0] != (byte)Operation.Ping || (frame[1] & 0x80) != 0)
            return false;
        Socket.Receive(frame, SocketFlags.None, out _);
        // PONG echoes the id.
        frame[0] = (byte)Operation.Pong;
        // There is always room for so few bytes. If the connection has failed, the next look shows it.
        Socket.Send(frame, SocketFlags.None, out _);
        _pings++;
        Seat.Accepted.PingedAt = now;
        return true;
    }

    /// <summary>Sends the last words and FIN. What arrives from now on is dropped, because closing a socket with unread input resets
    /// it.</summary>
    /// <returns>False if the connection has failed.</returns>
    public bool TryClose(byte[] lastWords)
    {
        IsClosing = true;
        try
        {
            // There is room for the last words: the socket has sent no more than a few PONGs.
            Socket.Send(lastWords, SocketFlags.None, out var error);
            Socket.Shutdown(SocketShutdown.Send);
            return error == SocketError.Success;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Reads and drops what has arrived. Returns false if that was too much.</summary>
    public bool TryDrop()
    {
        Span<byte> buffer = stackalloc byte[4096];
        _dropped += MinDropped;
        while (_dropped <= MaxDropped && Socket.Receive(buffer, SocketFlags.None, out _) is > 0 and var count)
            _dropped += count;
        return _dropped <= MaxDropped;
    }

    /// <summary>Gives up the socket, which now belongs to somebody else. Nothing may be waiting for it.</summary>
    public void Release()
    {
        IsGone = true;
        Dispose();
    }

    /// <summary>Closes the socket: with FIN if nothing is waiting for it, otherwise with a reset.</summary>
    public void Close(bool reset)
    {
        IsGone = true;
        if (reset)
            Seat.Accepted.Reset();
        else
            Socket.Dispose();
        Dispose();
    }

    /// <inheritdoc/>
    protected override void OnCompleted(SocketAsyncEventArgs e) => arrived(this);
}
