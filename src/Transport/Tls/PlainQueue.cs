using System.Buffers;
using TspActors.Transport.Connections;

namespace TspActors.Transport.Tls;

/// <summary>
/// A queue of the bytes that are waiting to be encrypted. It forms blocks: large pieces are passed on without a copy, and adjacent small
/// ones are joined.
/// </summary>
/// <remarks>A frame's header by itself would be a record of its own, with 22 bytes of overhead and its own system call.</remarks>
internal sealed class PlainQueue
{
    private const int MaxBlockBytes = 64 * 1024;

    // The maximum content of one record.
    private const int JoinedBytes = 16 * 1024;

    // Copying pieces of at least this size would cost more than it saves.
    private const int LargeBytes = 4 * 1024;

    private readonly Queue<(ReadOnlyMemory<byte> Bytes, Receipt? Receipt)> _queue = new();
    private byte[]? _joined;
    private int _offset;
    private int _blockBytes;

    /// <summary>The number of bytes that have not been accepted.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds one write of up to two pieces.</summary>
    public void Add(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second, Receipt? receipt)
    {
        Bytes += first.Length + second.Length;
        if (!second.IsEmpty)
            _queue.Enqueue((first, null));
        _queue.Enqueue((second.IsEmpty ? first : second, receipt));
    }

    /// <summary>Returns the next bytes to encrypt; they may be empty. <see cref="Accept"/> must follow before the next call.</summary>
    public bool TryNext(out ReadOnlyMemory<byte> block)
    {
        block = default;
        if (_queue.Count == 0)
            return false;
        var head = _queue.Peek().Bytes[_offset..];
        block = _queue.Count == 1 || head.Length >= LargeBytes ? head[..Math.Min(head.Length, MaxBlockBytes)] : Join();
        _blockBytes = block.Length;
        return true;
    }

    /// <summary>Removes the last block, because the socket has accepted it.</summary>
    /// <param name="accepted">Called with the receipt of each write that is complete, or with null if none is.</param>
    public void Accept(Action<Receipt?> accepted)
    {
        if (_joined is not null)
        {
            ArrayPool<byte>.Shared.Return(_joined);
            _joined = null;
        }

        var bytes = _blockBytes;
        Bytes -= bytes;
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

    private ReadOnlyMemory<byte> Join()
    {
        _joined = ArrayPool<byte>.Shared.Rent(JoinedBytes);
        var (length, skip) = (0, _offset);
        foreach (var (bytes, _) in _queue)
        {
            var part = bytes.Span[skip..];
            skip = 0;
            part = part[..Math.Min(part.Length, JoinedBytes - length)];
            part.CopyTo(_joined.AsSpan(length));
            length += part.Length;
            if (length == JoinedBytes)
                break;
        }

        return _joined.AsMemory(0, length);
    }
}
