using System.Globalization;
using TspActors.Protocol;

namespace TspActors.Gateway.Media;

/// <summary>A block: the unit in which songs are cached. Blocks begin at multiples of <see cref="Size"/>; the last may be shorter.</summary>
/// <param name="Song">The content hash of the song.</param>
/// <param name="Index">The number of the block.</param>
internal readonly record struct Block(ContentHash Song, long Index)
{
    /// <summary>The size of a block in bytes.</summary>
    public const int Size = 64 << 10;

    /// <summary>The name of the block's file.</summary>
    public string FileName => string.Create(CultureInfo.InvariantCulture, $"{Song}-{Index}.block");

    /// <summary>Parses the name of a block's file.</summary>
    public static bool TryParse(string fileName, out Block block)
    {
        block = default;
        const int digits = 2 * ContentHash.Size;
        if (fileName.Length < digits + 1 || fileName[digits] != '-' || !fileName.EndsWith(".block", StringComparison.Ordinal)
            || !ContentHash.TryParse(fileName[..digits], out var song)
            || !long.TryParse(
                fileName.AsSpan(digits + 1, fileName.Length - digits - 7), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            return false;
        block = new Block(song, index);
        return block.FileName == fileName;
    }
}
