using System.Net.Sockets;
using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.Event;

namespace TspActors.Transport.Connections;

/// <summary>Writes to a connection's socket without copying, and counts what the operating system has not taken yet.</summary>
/// <remarks>
/// Akka.IO reads and closes the socket; it does not write, since it would hand the operating system no more at once than its read buffer
/// holds, and take five messages for it. Nothing here waits: what the socket does not take at once ends in a <see cref="Progress"/> to the
/// owner. Not thread-safe: the owner's alone.
/// </remarks>
/// <param name="socket">Open; Akka.IO closes it.</param>
/// <param name="owner">Is told <see cref="Progress"/>, and calls <see cref="GoOn"/> then.</param>
/// <param name="taken">Called for every write that was taken in full, with its receipt, and for every part of a large one, with
///   none.</param>
internal sealed class SocketWriter(Socket socket, IActorRef owner, Action<Receipt?> taken) : IDisposable
{
    // Progress is seen only at the end of a write; writes of this size show it on a slow link too.
    private const int MaxWriteBytes = 128 * 1024;
    private const int MaxSegments = 16;

    private readonly Queue<(ReadOnlyMemory<byte> Bytes, Receipt? Receipt)> _queue = new();
    private SendOperation? _operation;
    private int _offset;
    private bool _busy;

    /// <summary>Bytes written and not taken by the operating system.</summary>
    public long InFlight { get; private set; }

    /// <summary>Why nothing more can be written; null while all is well.</summary>
    public SocketError? Failure { get; private set; }

    /// <summary>
    /// Writes <paramref name="first"/> and <paramref name="second"/>, which must stay as they are until all is taken; then
    /// <paramref name="receipt"/> comes back.
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

    /// <summary>Goes on after the socket has taken, or refused, the bytes that it did not take at once.</summary>
    public void GoOn()
    {
        _busy = false;
        Complete();
        Send();
    }

    /// <summary>The owner ends. What is under way ends with the socket.</summary>
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
                taken(head.Receipt);
        }

        _offset += bytes;
        if (!ended)
            taken(null);
    }

    /// <summary>To the owner: call <see cref="GoOn"/>.</summary>
    internal sealed class Progress : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Progress Instance = new();
    }

    // The completion only tells the owner, so it needs nothing of the caller's context.
    private sealed class SendOperation(IActorRef owner) : SocketAsyncEventArgs(true)
    {
        public List<ArraySegment<byte>> Segments { get; } = new(MaxSegments);

        protected override void OnCompleted(SocketAsyncEventArgs e) => owner.Tell(Progress.Instance, ActorRefs.NoSender);
    }
}

/// <summary>The actor that is told when a write was taken, and the token that names the write.</summary>
internal sealed record Receipt(IActorRef Sender, object Token);
