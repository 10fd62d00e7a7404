using System.Buffers.Binary;
using System.Text;

namespace TspActors.Gateway.Library;

/// <summary>Many short texts in a few large arrays, as UTF-8. A text costs its bytes and two more, and no object.</summary>
/// <remarks>Texts are never removed. Not thread-safe.</remarks>
internal sealed class TextPool
{
    private const int ChunkBits = 18;
    private const int ChunkSize = 1 << ChunkBits;
    private const int LengthBytes = sizeof(ushort);

    private readonly List<byte[]> _chunks = [];
    private int _end = ChunkSize;

    /// <summary>Adds a text.</summary>
    /// <param name="text">The text, at most 64 KiB in UTF-8.</param>
    /// <returns>The number under which it is found.</returns>
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

    /// <summary>Returns a text.</summary>
    public string Get(int number) => Encoding.UTF8.GetString(Bytes(number));

    /// <summary>Compares two texts by their code points.</summary>
    public int Compare(int left, int right) => left == right ? 0 : Bytes(left).SequenceCompareTo(Bytes(right));

    private ReadOnlySpan<byte> Bytes(int number)
    {
        var bytes = _chunks[number >> ChunkBits].AsSpan(number & (ChunkSize - 1));
        return bytes.Slice(LengthBytes, BinaryPrimitives.ReadUInt16LittleEndian(bytes));
    }
}
