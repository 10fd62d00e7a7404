namespace TspActors.Gateway.Library;

/// <summary>A table of rows that never shrinks. Rows are never moved, so growing is fast.</summary>
internal sealed class Rows<T>
{
    private const int ChunkBits = 12;
    private const int ChunkSize = 1 << ChunkBits;

    private T[][] _chunks = [];

    /// <summary>The number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>The row with this ordinal.</summary>
    public ref T this[int ordinal] => ref _chunks[ordinal >> ChunkBits][ordinal & (ChunkSize - 1)];

    /// <summary>Adds a row.</summary>
    /// <returns>Its ordinal.</returns>
    public int Add(T row)
    {
        if (Count == _chunks.Length << ChunkBits)
            _chunks = [.. _chunks, new T[ChunkSize]];
        this[Count] = row;
        return Count++;
    }
}
