using System.Buffers;
using Microsoft.Win32.SafeHandles;
using TspActors.Media.Mp3;

namespace TspActors.Media.Tags;

/// <summary>
/// A forward-only reader of the body of an ID3v2 tag. On request, it undoes whole-tag unsynchronisation, which inserts zeros after 0xFF.
/// </summary>
internal sealed class Id3v2Bytes(SafeFileHandle file, long offset, long end, bool isUnsynchronised) : IDisposable
{
    private const int Capacity = 4096;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(Capacity);
    private int _next;
    private int _count;
    private long _read = offset;
    private bool _afterFF;

    /// <summary>The next byte's offset in the file.</summary>
    public long Position => _read - (_count - _next);

    /// <summary>The number of bytes left in the tag, as stored in the file. With unsynchronisation, fewer bytes can be read.</summary>
    public long Remaining => end - Position;

    /// <summary>True if the zeros of whole-tag unsynchronisation are removed from the bytes that are read.</summary>
    public bool RemovesStuffing => isUnsynchronised;

    /// <summary>Continues at a different offset in the file.</summary>
    public void MoveTo(long position)
    {
        (_next, _count, _afterFF) = (0, 0, false);
        _read = position;
    }

    /// <summary>Fills the span. Returns false if the tag ends first.</summary>
    public bool TryRead(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (_next == _count && !Fill())
                return false;
            if (!isUnsynchronised)
            {
                var taken = Math.Min(destination.Length, _count - _next);
                _buffer.AsSpan(_next, taken).CopyTo(destination);
                destination = destination[taken..];
                _next += taken;
                continue;
            }

            var value = _buffer[_next++];
            var isStuffing = _afterFF && value == 0;
            _afterFF = value == 0xFF;
            if (isStuffing)
                continue;
            destination[0] = value;
            destination = destination[1..];
        }

        return true;
    }

    /// <summary>
    /// Skips <paramref name="count"/> bytes: by seeking, or by reading if unsynchronisation makes their number in the file unknown.
    /// Returns false if the tag ends first.
    /// </summary>
    public bool TrySkip(long count)
    {
        if (!isUnsynchronised)
        {
            if (count > Remaining)
                return false;
            var buffered = Math.Min(count, _count - _next);
            _next += (int)buffered;
            _read += count - buffered;
            return true;
        }

        Span<byte> scratch = stackalloc byte[512];
        for (; count > 0; count -= Math.Min(count, scratch.Length))
        {
            if (!TryRead(scratch[..(int)Math.Min(count, scratch.Length)]))
                return false;
        }

        return true;
    }

    /// <summary>
    /// Reads the bytes that begin <paramref name="ahead"/> bytes after the position, without changing the position. Bytes after the end of
    /// the tag are zero.
    /// </summary>
    public void Peek(long ahead, Span<byte> destination)
    {
        destination.Clear();
        var available = Math.Clamp(end - Position - ahead, 0, destination.Length);
        FileBytes.ReadFully(file, destination[..(int)available], Position + ahead);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private bool Fill()
    {
        var wanted = (int)Math.Min(Capacity, end - _read);
        _next = 0;
        _count = wanted <= 0 ? 0 : FileBytes.ReadFully(file, _buffer.AsSpan(0, wanted), _read);
        _read += _count;
        return _count > 0;
    }
}
