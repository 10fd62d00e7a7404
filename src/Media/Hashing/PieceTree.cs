using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using TspActors.Protocol;

namespace TspActors.Media.Hashing;

/// <summary>
/// The piece hashes from a host, verified against the song's content hash. A requester checks each piece against them.
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class PieceTree
{
    private readonly byte[] _hashes;
    private readonly int _height;

    /// <summary>The only payload length that cannot be verified.</summary>
    /// <remarks>
    /// Blocks and inner nodes are hashed in the same way, and an inner node is the hash of two hashes. The two hashes below the root of any
    /// song would therefore pass as a payload with the song's content hash. No other length is ambiguous, because every block except the
    /// last is 16 KiB long.
    /// </remarks>
    public const int AmbiguousLength = 2 * ContentHash.Size;

    private PieceTree(long payloadLength, int pieceBytes, int height, byte[] hashes) =>
        (PayloadLength, PieceBytes, _height, _hashes) = (payloadLength, pieceBytes, height, hashes);

    /// <summary>The payload's length in bytes.</summary>
    public long PayloadLength { get; }

    /// <summary>The length of a piece in bytes. The last piece may be shorter.</summary>
    public int PieceBytes { get; }

    /// <summary>The number of pieces.</summary>
    public int Count => _hashes.Length / ContentHash.Size;

    /// <summary>
    /// Creates a tree from a host's piece hashes (piece_bytes and piece_hashes of StreamStart) if they match the song's content hash.
    /// </summary>
    /// <returns>
    /// False if the payload is empty, larger than 1 TiB or <see cref="AmbiguousLength"/> bytes long, the piece size is wrong for the
    /// payload's length, or the number of hashes or their root is wrong.
    /// </returns>
    public static bool TryCreate(
        ContentHash contentHash, long payloadLength, long pieceBytes, ReadOnlySpan<byte> pieceHashes,
        [NotNullWhen(true)] out PieceTree? tree)
    {
        tree = null;
        if (payloadLength is <= 0 or AmbiguousLength)
            return false;
        if (pieceBytes != MerkleTree.PieceBytes(payloadLength) || pieceBytes > int.MaxValue)
            return false;
        var pieces = (payloadLength - 1) / pieceBytes + 1;
        var height = MerkleTree.PieceHeight(MerkleTree.LeafCount(payloadLength));
        if (pieceHashes.Length != pieces * ContentHash.Size || MerkleTree.RootOfLayer(pieceHashes, height) != contentHash)
            return false;
        tree = new PieceTree(payloadLength, (int)pieceBytes, height, pieceHashes.ToArray());
        return true;
    }

    /// <summary>Returns the length of a piece in bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such piece.</exception>
    public int LengthOf(int piece)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(piece);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(piece, Count);
        return (int)Math.Min(PieceBytes, PayloadLength - (long)piece * PieceBytes);
    }

    /// <summary>Returns true when <paramref name="bytes"/> are exactly the piece with this number.</summary>
    public bool Verify(int piece, ReadOnlySpan<byte> bytes)
    {
        if (piece < 0 || piece >= Count || bytes.Length != LengthOf(piece))
            return false;
        var count = (int)MerkleTree.LeafCount(bytes.Length);
        var nodes = ArrayPool<byte>.Shared.Rent(count * ContentHash.Size);
        try
        {
            for (var block = 0; block < count; block++)
            {
                var start = block * MerkleTree.BlockBytes;
                var length = Math.Min(MerkleTree.BlockBytes, bytes.Length - start);
                SHA256.HashData(bytes.Slice(start, length), nodes.AsSpan(block * ContentHash.Size));
            }

            // A short last piece has the same height as the others: its missing blocks are padding.
            for (var level = 0; level < _height; level++)
                count = MerkleTree.HashParents(nodes, count, level);
            return nodes.AsSpan(0, ContentHash.Size).SequenceEqual(_hashes.AsSpan(piece * ContentHash.Size, ContentHash.Size));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(nodes);
        }
    }
}
