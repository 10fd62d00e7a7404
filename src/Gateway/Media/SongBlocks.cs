namespace TspActors.Gateway.Media;

/// <summary>Songs are cached and shared in blocks of one size. Only the last block of a song is shorter.</summary>
internal static class SongBlocks
{
    /// <summary>The size of a block in bytes.</summary>
    public const int Size = 64 * 1024;

    /// <summary>Returns the block that contains a byte.</summary>
    public static int Of(long offset) => (int)(offset / Size);

    /// <summary>Returns the number of blocks of a song.</summary>
    public static int Count(long songSize) => (int)((songSize + Size - 1) / Size);

    /// <summary>Returns the length of a block.</summary>
    public static int LengthOf(int block, long songSize) => (int)Math.Min(Size, songSize - (long)block * Size);
}
