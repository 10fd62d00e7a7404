using System.Buffers;
using System.Security.Cryptography;
using TspActors.Protocol;

namespace TspActors.Media.Hashing;

/// <summary>
/// The SHA-256 Merkle tree over a payload's 16 KiB blocks. Its root is the song's content hash (docs/protocol.md, section 2; BEP 52).
/// </summary>
/// <remarks>
/// Leaves and layers are plain sequences of 32-byte hashes. A missing node counts as the root of a subtree of all-zero leaves.
/// </remarks>
public static class MerkleTree
{
    /// <summary>The number of payload bytes per leaf.</summary>
    public const int BlockBytes = 16 << 10;

    /// <summary>The maximum number of pieces in a payload.</summary>
    public const int MaxPieces = 1024;

    private const int HashBytes = ContentHash.Size;

    // No file has 2^48 leaves.
    private const int MaxHeight = 48;

    // Entry n is the root of a tree of height n whose leaves are all zero.
    private static readonly byte[] Padding = MakePadding();

    /// <summary>Returns the number of leaves in a payload's tree.</summary>
    public static long LeafCount(long payloadLength) => (payloadLength + BlockBytes - 1) / BlockBytes;

    /// <summary>Returns the root of the tree with these leaves.</summary>
    /// <exception cref="ArgumentException">There is no leaf, or the length is not a multiple of 32.</exception>
    public static ContentHash Root(ReadOnlySpan<byte> leaves)
    {
        RequireHashes(leaves);
        return RootOfLayer(leaves, 0);
    }

    /// <summary>Returns the size of a piece: 16 KiB × 2^k, for the smallest k with at most <see cref="MaxPieces"/> pieces.</summary>
    public static long PieceBytes(long payloadLength) => (long)BlockBytes << PieceHeight(LeafCount(payloadLength));

    /// <summary>Returns the layer of the tree with one hash per piece, without nodes that cover only padding.</summary>
    /// <exception cref="ArgumentException">There is no leaf, or the length is not a multiple of 32.</exception>
    public static byte[] PieceLayer(ReadOnlySpan<byte> leaves)
    {
        RequireHashes(leaves);
        var count = leaves.Length / HashBytes;
        var height = PieceHeight(count);
        var nodes = ArrayPool<byte>.Shared.Rent(leaves.Length);
        try
        {
            leaves.CopyTo(nodes);
            for (var level = 0; level < height; level++)
                count = HashParents(nodes, count, level);
            return nodes.AsSpan(0, count * HashBytes).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(nodes);
        }
    }

    /// <summary>Returns the number of levels between the leaves and the piece hashes.</summary>
    internal static int PieceHeight(long leafCount)
    {
        var height = 0;
        while (((leafCount - 1) >> height) + 1 > MaxPieces)
            height++;
        return height;
    }

    /// <summary>Returns the root of the tree that has these nodes <paramref name="level"/> levels above its leaves.</summary>
    internal static ContentHash RootOfLayer(ReadOnlySpan<byte> layer, int level)
    {
        var nodes = ArrayPool<byte>.Shared.Rent(layer.Length);
        try
        {
            layer.CopyTo(nodes);
            for (var count = layer.Length / HashBytes; count > 1; level++)
                count = HashParents(nodes, count, level);
            return new ContentHash(nodes.AsSpan(0, HashBytes));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(nodes);
        }
    }

    /// <summary>
    /// Replaces the first <paramref name="count"/> nodes with their parents. If the last node has no sibling, it is paired with padding.
    /// Returns the number of parents.
    /// </summary>
    internal static int HashParents(Span<byte> nodes, int count, int level)
    {
        Span<byte> children = stackalloc byte[2 * HashBytes];
        var parents = (count + 1) / 2;
        for (var parent = 0; parent < parents; parent++)
        {
            var left = parent * 2 * HashBytes;
            nodes.Slice(left, HashBytes).CopyTo(children);
            var right = parent * 2 + 1 < count ? nodes.Slice(left + HashBytes, HashBytes) : Padding.AsSpan(level * HashBytes, HashBytes);
            right.CopyTo(children[HashBytes..]);
            SHA256.HashData(children, nodes.Slice(parent * HashBytes, HashBytes));
        }

        return parents;
    }

    private static void RequireHashes(ReadOnlySpan<byte> leaves)
    {
        if (leaves.IsEmpty || leaves.Length % HashBytes != 0)
            throw new ArgumentException($"Leaves are one or more hashes of {HashBytes} bytes, not {leaves.Length} bytes.", nameof(leaves));
    }

    private static byte[] MakePadding()
    {
        var padding = new byte[MaxHeight * HashBytes];
        Span<byte> children = stackalloc byte[2 * HashBytes];
        for (var level = 1; level < MaxHeight; level++)
        {
            var below = padding.AsSpan((level - 1) * HashBytes, HashBytes);
            below.CopyTo(children);
            below.CopyTo(children[HashBytes..]);
            SHA256.HashData(children, padding.AsSpan(level * HashBytes));
        }

        return padding;
    }
}
