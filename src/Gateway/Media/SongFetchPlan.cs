namespace TspActors.Gateway.Media;

/// <summary>The parameters of a fetch.</summary>
/// <param name="Size">The song's size in bytes.</param>
/// <param name="First">The first block.</param>
/// <param name="Ahead">How many blocks the fetch may be ahead of its foremost reader.</param>
/// <param name="ReleaseAfter">How long the fetch waits for a reader to continue before it stops.</param>
internal sealed record SongFetchPlan(long Size, long First, int Ahead, TimeSpan ReleaseAfter)
{
    /// <summary>The content hash that the song must have.</summary>
    public TspActors.Protocol.ContentHash Hash { get; init; }

    /// <summary>The number of blocks in the song.</summary>
    public long Count => (Size + Block.Size - 1) / Block.Size;

    /// <summary>Returns the length of a block; 0 = the block is beyond the end of the song.</summary>
    public int LengthOf(long block) => (int)Math.Clamp(Size - block * Block.Size, 0, Block.Size);
}
