using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace TspActors.Media.Mp3;

/// <summary>
/// The section of a file that a scan keeps in memory. The window only moves forward, so one small buffer is enough to read a file of any
/// size once.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="start">The offset where the scan starts.</param>
/// <param name="end">The offset where the scan ends.</param>
internal sealed class ScanWindow(SafeFileHandle file, long start, long end) : IDisposable
{
    private const int Capacity = 256 << 10;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(Capacity);
    private int _count;

    /// <summary>The offset in the file of the first byte in the window.</summary>
    public long Start { get; private set; } = start;

    /// <summary>The offset in the file just after the last byte in the window.</summary>
    public long Loaded => Start + _count;

    /// <summary>The offset in the file where the scan ends. It moves back if the file turns out to be shorter.</summary>
    public long End { get; private set; } = end;

    /// <summary>
    /// Returns true when the window contains <paramref name="count"/> bytes from <paramref name="position"/> on, or all bytes up to the
    /// end.
    /// </summary>
    public bool Holds(long position, int count) =>
        position >= Start && Math.Min(position + count, End) <= Loaded;

    /// <summary>Returns the bytes in the window from <paramref name="position"/> on.</summary>
    public ReadOnlySpan<byte> From(long position) =>
        position >= Loaded ? default : _buffer.AsSpan((int)(position - Start), (int)(Loaded - position));

    /// <summary>Returns the bytes in the window from <paramref name="position"/> up to <paramref name="until"/>.</summary>
    public ReadOnlySpan<byte> Between(long position, long until) => From(position)[..(int)(until - position)];

    /// <summary>Drops everything before <paramref name="position"/> and reads until the buffer is full or the end is reached.</summary>
    public void MoveTo(long position)
    {
        var kept = From(position);
        kept.CopyTo(_buffer);
        Start = position;
        _count = kept.Length;
        var wanted = (int)Math.Min(Capacity - _count, End - Start - _count);
        var read = wanted <= 0 ? 0 : FileBytes.ReadFully(file, _buffer.AsSpan(_count, wanted), Start + _count);
        _count += read;
        if (read < wanted)
            End = Start + _count;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
}
