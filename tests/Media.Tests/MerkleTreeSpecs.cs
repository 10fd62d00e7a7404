using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TspActors.Media.Hashing;
using TspActors.Media.Tests.Material;
using TspActors.Protocol;

namespace TspActors.Media.Tests;

public sealed class MerkleTreeSpecs
{
    private const int Block = MerkleTree.BlockBytes;

    public static TheoryData<int> Sizes =>
        [1, 31, Block - 1, Block, Block + 1, 2 * Block, 2 * Block + 1, 3 * Block, 5 * Block - 7, 8 * Block, 9 * Block + 1, 1_000_000];

    public static TheoryData<int> LargeSizes => [1024 * Block, 1024 * Block + 1, 2048 * Block + 1, 40_000_000];

    [Fact]
    public void The_root_of_a_single_block_is_its_hash() =>
        Assert.Equal(new ContentHash(SHA256.HashData("hello"u8)), MerkleTree.Root(Leaves("hello"u8.ToArray())));

    [Fact]
    public void Three_blocks_are_padded_with_a_leaf_of_zeros()
    {
        var payload = Bytes(2 * Block + 100);
        byte[] Sha(params byte[][] parts) => SHA256.HashData([.. parts.SelectMany(part => part)]);
        var expected = Sha(Sha(Sha(payload[..Block]), Sha(payload[Block..(2 * Block)])), Sha(Sha(payload[(2 * Block)..]), new byte[32]));
        Assert.Equal(new ContentHash(expected), MerkleTree.Root(Leaves(payload)));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    [MemberData(nameof(LargeSizes))]
    public void The_root_matches_the_reference_implementation(int size)
    {
        var payload = Bytes(size);
        Assert.Equal(NaiveTree.Root(payload), MerkleTree.Root(Leaves(payload)));
    }

    [Property(MaxTest = 60)]
    public Property Leaves_do_not_depend_on_how_the_payload_is_split() =>
        Prop.ForAll(Gen.Choose(1, 3 * Block).ArrayOf(9).ToArbitrary(), parts =>
        {
            var payload = Bytes(parts.Sum());
            var hasher = new MerkleHasher();
            var start = 0;
            foreach (var part in parts)
            {
                hasher.Append(payload.AsSpan(start, part));
                start += part;
            }

            return hasher.Length == payload.Length && hasher.Finish().AsSpan().SequenceEqual(Leaves(payload));
        });

    [Theory]
    [MemberData(nameof(LargeSizes))]
    public void The_piece_size_is_the_smallest_that_gives_at_most_1024_pieces(int size)
    {
        var pieceBytes = MerkleTree.PieceBytes(size);
        var count = (size + pieceBytes - 1) / pieceBytes;
        Assert.InRange(count, 1, 1024);
        Assert.True(pieceBytes == Block || (size + pieceBytes / 2 - 1) / (pieceBytes / 2) > 1024);
        Assert.Equal(count * 32, MerkleTree.PieceLayer(Leaves(Bytes(size))).Length);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    [MemberData(nameof(LargeSizes))]
    public void Only_pieces_of_the_payload_are_accepted(int size)
    {
        var payload = Bytes(size);
        var tree = Tree(payload);
        var last = tree.Count - 1;
        foreach (var piece in new[] { 0, 1, last / 2, last - 1, last }.Where(piece => piece >= 0 && piece <= last).Distinct())
        {
            var bytes = payload.AsSpan(piece * tree.PieceBytes, tree.LengthOf(piece)).ToArray();
            Assert.True(tree.Verify(piece, bytes));
            Assert.False(tree.Verify(piece, bytes.AsSpan(1)));
            Assert.False(tree.Verify(piece, [.. bytes, 0]));
            bytes[^1] ^= 1;
            Assert.False(tree.Verify(piece, bytes));
        }

        Assert.False(tree.Verify(-1, []));
        Assert.False(tree.Verify(tree.Count, []));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    [MemberData(nameof(LargeSizes))]
    public void A_piece_layer_that_does_not_match_the_root_the_length_or_the_piece_size_is_rejected(int size)
    {
        var leaves = Leaves(Bytes(size));
        var (root, layer, pieceBytes) = (MerkleTree.Root(leaves), MerkleTree.PieceLayer(leaves), MerkleTree.PieceBytes(size));
        Assert.False(PieceTree.TryCreate(root, size, pieceBytes * 2, layer, out _));
        Assert.False(PieceTree.TryCreate(root, size, pieceBytes / 2, layer, out _));
        Assert.False(PieceTree.TryCreate(root, size, pieceBytes, layer.AsSpan(1), out _));
        Assert.False(PieceTree.TryCreate(root, size, pieceBytes, [.. layer, .. new byte[32]], out _));
        Assert.False(PieceTree.TryCreate(root, size, pieceBytes, layer.AsSpan(32), out _));
        Assert.False(PieceTree.TryCreate(root, size + pieceBytes, pieceBytes, layer, out _));
        Assert.False(PieceTree.TryCreate(root, 0, pieceBytes, layer, out _));
        Assert.False(PieceTree.TryCreate(root, -1, pieceBytes, layer, out _));
        Assert.False(PieceTree.TryCreate(root, long.MaxValue, pieceBytes, layer, out _));
        layer[^1] ^= 1;
        Assert.False(PieceTree.TryCreate(root, size, pieceBytes, layer, out _));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(700)]
    public void The_two_hashes_below_the_root_are_not_accepted_as_the_payload(int blocks)
    {
        var level = Leaves(Bytes(blocks * Block)).Chunk(32).ToList();
        while (!System.Numerics.BitOperations.IsPow2(level.Count))
            level.Add(new byte[32]);
        while (level.Count > 2)
            level = [.. level.Chunk(2).Select(pair => SHA256.HashData((byte[])[.. pair[0], .. pair[1]]))];
        var payload = (byte[])[.. level[0], .. level[1]];
        var root = MerkleTree.Root(Leaves(Bytes(blocks * Block)));
        Assert.Equal(root, MerkleTree.Root(Leaves(payload)));

        Assert.False(PieceTree.TryCreate(root, payload.Length, MerkleTree.PieceBytes(payload.Length), root.ToArray(), out _));
    }

    [Property(MaxTest = 100)]
    public Property The_root_and_the_first_piece_are_right_for_random_sizes() =>
        Prop.ForAll(Gen.Choose(1, 40 * Block).ToArbitrary(), size =>
        {
            var payload = Bytes(size);
            return MerkleTree.Root(Leaves(payload)) == NaiveTree.Root(payload)
                && Tree(payload).Verify(0, payload.AsSpan(0, Math.Min(size, Block)));
        });

    [Fact]
    public void A_piece_hash_matches_the_node_of_the_reference_implementation()
    {
        var payload = Bytes(1024 * Block + 5 * Block + 3);
        var layer = MerkleTree.PieceLayer(Leaves(payload));
        for (var piece = 0; piece < layer.Length / 32; piece += 57)
            Assert.Equal(NaiveTree.Node(payload, piece * 2, 2), layer[(piece * 32)..(piece * 32 + 32)]);
        Assert.Equal(NaiveTree.Node(payload, 1028, 2), layer[^32..]);
    }

    [Fact]
    public void Hashing_blocks_in_place_allocates_only_the_leaves()
    {
        var payload = Bytes(512 * Block);
        Leaves(payload);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Leaves(payload);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 512 * 32 * 5);
    }

    private static PieceTree Tree(byte[] payload)
    {
        var leaves = Leaves(payload);
        Assert.True(PieceTree.TryCreate(MerkleTree.Root(leaves), payload.Length, MerkleTree.PieceBytes(payload.Length),
            MerkleTree.PieceLayer(leaves), out var tree));
        return tree;
    }

    private static byte[] Leaves(byte[] payload)
    {
        var hasher = new MerkleHasher();
        hasher.Append(payload);
        return hasher.Finish();
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
