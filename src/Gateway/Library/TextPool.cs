using System.Buffers.Binary;
using System.Text;

namespace TspActors.Gateway.Library;

/// <summary>
/// Many short strings, stored as UTF-8 in a few large arrays. Each string needs two bytes more than its text, but no object of its own.
/// </summary>
/// <remarks>Strings are never removed. Not thread-safe.</remarks>
internal sealed class TextPool
{
    private const int ChunkBits = 18;
    private const int ChunkSize = 1 << ChunkBits;
    private const int LengthBytes = sizeof(ushort);

    private readonly List<byte[]> _chunks = [];
    private int _end = ChunkSize;

    /// <summary>Adds a string.</summary>
    /// <param name="text">The string, less than 64 KiB in UTF-8.</param>
    /// <returns>The number that identifies the string.</returns>
    public int Add(string text)
    {
        var length = checked((ushort)Encoding.UTF8.GetByteCount(text));
        if (_end + LengthBytes + length > ChunkSize)
        {
            _chunks.Add(new byte[ChunkSize]);
            _end = 0;
        }

        var place = _chunks[^1].AsSpan(_end, LengthBytes + length);
        BinaryPrimitives.WriteUInt16LittleEndian(place, length);
        Encoding.UTF8.GetBytes(text, place[LengthBytes..]);
        var number = ((_chunks.Count - 1) << ChunkBits) + _end;
        _end += place.Length;
        return number;
    }

    /// <summary>Returns the string that a number identifies.</summary>
    public string Get(int number) => Encoding.UTF8.GetString(Bytes(number));

    /// <summary>Compares two strings by code point.</summary>
    public int Compare(int left, int right) => left == right ? 0 : Bytes(left).SequenceCompareTo(Bytes(right));

    private ReadOnlySpan<byte> Bytes(int number)
    {
        var bytes = _chunks[number >> ChunkBits].AsSpan(number & (ChunkSize - 1));
        return bytes.Slice(LengthBytes, BinaryPrimitives.ReadUInt16LittleEndian(bytes));
    }
}
