using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using TspActors.Media.Library;
using TspActors.Media.Mp3;

namespace TspActors.Media.Tags;

/// <summary>The result of stepping to the next frame of an ID3v2 tag.</summary>
internal enum FrameStep
{
    /// <summary>A frame. Its size may be wrong.</summary>
    Frame,

    /// <summary>The end of the tag, or its padding.</summary>
    End,

    /// <summary>Bytes that are neither a frame nor padding.</summary>
    Damage,
}

/// <summary>Reads the frames of an ID3v2 tag one after another, and interprets all their sizes in the same notation.</summary>
internal sealed class Id3v2Frames : IDisposable
{
    private const int ExtendedSizeBytes = 4;
    private readonly int _version;
    private readonly FrameSizes _sizes;
    private readonly long _start;
    private readonly long _end;
    private readonly Id3v2Search _search;
    private readonly byte[] _header;
    private long _searchFrom;

    public Id3v2Frames(SafeFileHandle file, (long Start, long End) body, int version, byte flags, FrameSizes sizes, MediaLimits limits)
    {
        (_version, _sizes, _start, _end) = (version, sizes, body.Start, body.End);
        _header = new byte[version == 2 ? 6 : 10];
        // From version 2.4 on, frames are unsynchronised individually, and their sizes count the bytes in the file.
        var removesStuffing = (flags & 0x80) != 0 && version < 4 && sizes != FrameSizes.Stored;
        Bytes = new Id3v2Bytes(file, _start, _end, removesStuffing);
        _search = new Id3v2Search(file, version, sizes, limits);
        // From version 2.3 on, bit 6 is the flag for an extended header. If that header cannot be skipped, a search finds the first text
        // frame.
        if (version > 2 && (flags & 0x40) != 0 && !SkipExtendedHeader())
            Bytes.MoveTo(_search.Find(_start, _end) is >= 0 and var first ? first : _start);
    }

    public Id3v2Bytes Bytes { get; }

    /// <summary>The id of the current frame.</summary>
    public ReadOnlySpan<byte> Id => _header.AsSpan(0, IdBytes);

    /// <summary>The flags of the current frame.</summary>
    public int Flags => _version == 2 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(8));

    /// <summary>True if the current frame describes a chapter or a table of contents.</summary>
    public bool IsChapter => Id.SequenceEqual("CHAP"u8) || Id.SequenceEqual("CTOC"u8);

    private int IdBytes => _version == 2 ? 3 : 4;

    /// <summary>Reads the next header. Afterwards, the position is at the frame's content.</summary>
    public FrameStep Next(out long size)
    {
        size = 0;
        _searchFrom = Bytes.Position;
        if (!Bytes.TryRead(_header.AsSpan(0, IdBytes)) || Id.IndexOfAnyExcept((byte)0) < 0)
            return FrameStep.End;
        if (!Id3v2Frame.IsId(Id) || !Bytes.TryRead(_header.AsSpan(IdBytes)))
            return FrameStep.Damage;
        size = FrameSize();
        _searchFrom = Bytes.Position;
        return FrameStep.Frame;
    }

    /// <summary>Returns true if a frame of this size ends within the tag, and another frame, padding or the end follows it.</summary>
    public bool IsCredible(long size) => Bytes.RemovesStuffing ? size <= Bytes.Remaining : IsFollowedByFrame(size);

    /// <summary>
    /// Returns the offset in the file of the next text frame that can be recognized, starting at the damage or at the content of the
    /// current frame; -1 if there is none.
    /// </summary>
    public long FindText() => _search.Find(_searchFrom, _end);

    /// <summary>
    /// Returns the offset in the file of the first text frame that begins within the next <paramref name="size"/> bytes; -1 if there is
    /// none. If one is found, the current frame's size must be wrong.
    /// </summary>
    public long FindTextIn(long size) => Bytes.RemovesStuffing ? -1 : _search.Find(_searchFrom, Math.Min(_end, _searchFrom + size));

    /// <summary>Counts the frames up to the end of the tag or to the first damage.</summary>
    /// <returns>The number of frames, and whether they fill the tag.</returns>
    public (int Count, bool FillTag) Survey(int most)
    {
        for (var count = 0; count < most; count++)
        {
            var step = Next(out var size);
            if (step == FrameStep.End)
                return (count, true);
            if (step == FrameStep.Damage || size > Bytes.Remaining || !Bytes.TrySkip(size))
                return (count, false);
        }

        return (most, false);
    }

    public void Dispose() => Bytes.Dispose();

    private bool SkipExtendedHeader()
    {
        Span<byte> size = stackalloc byte[ExtendedSizeBytes];
        Bytes.Peek(0, size);
        // Some writers set the flag but omit the extended header, so the first frame starts here.
        if (Id3v2Frame.IsId(size))
            return true;
        if (!Bytes.TryRead(size))
            return false;
        // In version 2.3, the size does not include the size field itself; in version 2.4 it does.
        return _version == 3
            ? Bytes.TrySkip(BinaryPrimitives.ReadUInt32BigEndian(size))
            : SynchsafeInteger.TryRead(size, out var whole) && whole >= size.Length && Bytes.TrySkip(whole - size.Length);
    }

    private long FrameSize()
    {
        var (plain, synchsafe) = Id3v2Frame.Sizes(_header, _version);
        return _sizes == FrameSizes.Mixed
            ? synchsafe >= 0 && (synchsafe == plain || IsFollowedByFrame(synchsafe) || !IsFollowedByFrame(plain)) ? synchsafe : plain
            : Id3v2Frame.Size(_header, _version, _sizes);
    }

    private bool IsFollowedByFrame(long size)
    {
        if (size >= Bytes.Remaining)
            return size == Bytes.Remaining;
        Span<byte> next = stackalloc byte[4];
        Bytes.Peek(size, next);
        return Id3v2Frame.IsId(next[..IdBytes]) || next.IndexOfAnyExcept((byte)0) < 0;
    }
}
