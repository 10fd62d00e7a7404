using System.Security.Cryptography;
using TspActors.Protocol;

namespace TspActors.Media.Tests.Material;

/// <summary>The Merkle tree of BEP 52 in its simplest form, as a reference for tests.</summary>
public static class NaiveTree
{
    private const int Block = 16384;

    public static ContentHash Root(byte[] payload) => new(Node(payload, 0, Width(payload.Length)));

    /// <summary>Returns the node over <paramref name="width"/> leaves, starting at leaf <paramref name="first"/>.</summary>
    public static byte[] Node(byte[] payload, long first, long width)
    {
        if (width > 1)
            return SHA256.HashData([.. Node(payload, first, width / 2), .. Node(payload, first + width / 2, width / 2)]);
        var start = first * Block;
        return start >= payload.Length
            ? new byte[32]
            : SHA256.HashData(payload.AsSpan((int)start, (int)Math.Min(Block, payload.Length - start)));
    }

    private static long Width(long length)
    {
        var width = 1L;
        while (width * Block < length)
            width *= 2;
        return width;
    }
}
