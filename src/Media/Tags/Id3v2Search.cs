using System.Buffers;
using Microsoft.Win32.SafeHandles;
using TspActors.Media.Library;
using TspActors.Media.Mp3;

namespace TspActors.Media.Tags;

/// <summary>Finds the next text frame after damage in an ID3v2 tag.</summary>
internal sealed class Id3v2Search(SafeFileHandle file, int version, FrameSizes sizes, MediaLimits limits)
{
    private const int ChunkBytes = 64 << 10;
    private readonly int _headerBytes = version == 2 ? 6 : 10;
    private long _budget = limits.TagSearchBytes;

    /// <summary>
    /// Returns the offset of the first text frame from <paramref name="position"/> on; -1 if there is none before <paramref name="end"/>,
    /// or if the searches in this tag have reached their limit.
    /// </summary>
    public long Find(long position, long end)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            while (_budget > 0 && position + _headerBytes < end)
            {
                var wanted = (int)Math.Min(Math.Min(ChunkBytes, end - position), _budget + _headerBytes);
                var bytes = buffer.AsSpan(0, FileBytes.ReadFully(file, buffer.AsSpan(0, wanted), position));
                // The last bytes are too few for a header and the first byte of its text.
                var judged = bytes.Length - _headerBytes;
                for (var at = 0; at < judged; at++)
                {
                    var letter = bytes[at..judged].IndexOf((byte)'T');
                    if (letter < 0)
                        break;
                    at += letter;
                    if (IsTextFrame(bytes[at..], end - position - at))
                        return position + at;
                }

                if (judged <= 0)
                    break;
                position += judged;
                _budget -= judged;
            }

            return -1;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // In random bytes, only one position in 10^12 has all three: the id of a text frame, a size that fits, and a known encoding.
    private bool IsTextFrame(ReadOnlySpan<byte> bytes, long available)
    {
        if (Id3v2Frame.FieldOf(bytes[..(version == 2 ? 3 : 4)]) == TagField.None || bytes[_headerBytes] > 3)
            return false;
        var size = Id3v2Frame.Size(bytes, version, sizes);
        return size > 0 && size <= Math.Min(limits.TextFrameBytes, available - _headerBytes);
    }
}
