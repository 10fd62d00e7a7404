using System.Net.Sockets;
using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.Event;

namespace TspActors.Transport.Connections;

/// <summary>
/// A writer for a connection's socket. It does not copy the bytes, and it counts those that the operating system has not accepted yet.
/// </summary>
/// <remarks>
/// Akka.IO reads and closes the socket, but does not write to it: its writes are limited to the size of its read buffer and cost five
/// messages each. Nothing here blocks. If the socket does not accept a write immediately, the owner receives <see cref="Progress"/>
/// later. Not thread-safe: only the owner may call it.
/// </remarks>
/// <param name="socket">An open socket. Akka.IO closes it.</param>
/// <param name="owner">The actor that receives <see cref="Progress"/> and then calls <see cref="Continue"/>.</param>
/// <param name="accepted">Called with a write's receipt when the socket has accepted the complete write, and with null when it has
///   accepted other bytes.</param>
internal sealed class SocketWriter(Socket socket, IActorRef owner, Action<Receipt?> accepted) : ILinkWriter
{
    // Progress is visible only when a write completes. Writes of this size complete often enough even on a slow connection.
    private const int MaxWriteBytes = 128 * 1024;
    private const int MaxSegments = 16;

    private readonly Queue<(ReadOnlyMemory<byte> Bytes, Receipt? Receipt)> _queue = new();
    private SendOperation? _operation;
    private int _offset;
    private bool _busy;

    /// <summary>The number of bytes passed to <see cref="Write"/> that the operating system has not accepted yet.</summary>
    public long InFlight { get; private set; }

    /// <summary>True if bytes from the remote end are waiting in the operating system to be read.</summary>
    public bool HasUnreadInput
    {
        get
        {
            try
            {
                return socket.Available > 0;
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    /// <summary>The error that ended writing, or null.</summary>
    public SocketError? Failure { get; private set; }

    /// <summary>
    /// Writes <paramref name="first"/> and <paramref name="second"/>, which must not change before the socket has accepted both.
    /// Then <paramref name="receipt"/> is passed to the callback.
    /// </summary>
    public void Write(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second = default, Receipt? receipt = null)
    {
        InFlight += first.Length + second.Length;
        if (!second.IsEmpty)
            _queue.Enqueue((first, null));
        _queue.Enqueue((second.IsEmpty ? first : second, receipt));
        if (!_busy)
            Send();
    }

    /// <summary>Continues after an asynchronous write has completed or failed.</summary>
    public void Continue()
    {
        _busy = false;
        Complete();
        Send();
    }

    /// <summary>Does nothing: the end of a plain connection's output is TCP's FIN, which the connection sends.</summary>
    public void EndOutput()
    {
    }

    /// <summary>Releases the send buffers. A write that is still pending ends with the socket.</summary>
    public void Dispose() => _operation?.Dispose();

    private void Send()
    {
        try
        {
            while (_queue.Count > 0 && Failure is null)
            {
                var operation = _operation ??= new SendOperation(owner);
                Fill(operation);
                _busy = socket.SendAsync(operation);
                if (_busy)
                    return;
                Complete();
            }
        }
        catch (ObjectDisposedException)
        {
            Failure = SocketError.OperationAborted;
        }
    }

    private void Fill(SendOperation operation)
    {
        var head = _queue.Peek().Bytes[_offset..];
        if (_queue.Count == 1 || head.Length >= MaxWriteBytes)
        {
            operation.BufferList = null;
            operation.SetBuffer(MemoryMarshal.AsMemory(head[..Math.Min(head.Length, MaxWriteBytes)]));
            return;
        }

        operation.Segments.Clear();
        var (room, skip) = (MaxWriteBytes, _offset);
        foreach (var (bytes, _) in _queue)
        {
            var part = bytes[skip..];
            part = part[..Math.Min(part.Length, room)];
            skip = 0;
            room -= part.Length;
            operation.Segments.Add(MemoryMarshal.TryGetArray(part, out var array) ? array : part.ToArray());
            if (room == 0 || operation.Segments.Count == MaxSegments)
                break;
        }

        operation.SetBuffer(default);
        operation.BufferList = operation.Segments;
    }

    private void Complete()
    {
        if (_operation!.SocketError != SocketError.Success)
        {
            Failure = _operation.SocketError;
            return;
        }

        var bytes = _operation.BytesTransferred;
        InFlight -= bytes;
        var ended = false;
        while (_queue.TryPeek(out var head) && head.Bytes.Length - _offset <= bytes)
        {
            bytes -= head.Bytes.Length - _offset;
            _offset = 0;
            _queue.Dequeue();
            ended = head.Receipt is not null;
            if (ended)
                accepted(head.Receipt);
        }

        _offset += bytes;
        if (!ended)
            accepted(null);
    }

    /// <summary>Tells the owner to call <see cref="Continue"/>.</summary>
    internal sealed class Progress : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Progress Instance = new();
    }

    // The completion only sends a message, so the execution context need not flow (true = suppressed).
    private sealed class SendOperation(IActorRef owner) : SocketAsyncEventArgs(true)
    {
        public List<ArraySegment<byte>> Segments { get; } = new(MaxSegments);

        protected override void OnCompleted(SocketAsyncEventArgs e) => owner.Tell(Progress.Instance, ActorRefs.NoSender);
    }
}

/// <summary>The actor to notify when the socket has accepted a write, and the token that identifies the write.</summary>
internal sealed record Receipt(IActorRef Sender, object Token);
