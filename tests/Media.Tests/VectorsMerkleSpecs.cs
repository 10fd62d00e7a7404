using System.Security.Cryptography;
using TspActors.Media.Hashing;
using TspActors.Protocol;

namespace TspActors.Media.Tests;

/// <summary>Checks Merkle trees against the vectors in docs/vectors/merkle.json.</summary>
public sealed class VectorsMerkleSpecs
{
    private const string File = "merkle.json";
    private const int HashBytes = ContentHash.Size;

    public static TheoryData<string> Trees => [.. VectorFile.Names(File, "trees")];

    [Theory]
    [MemberData(nameof(Trees))]
    public void The_root_and_the_piece_layer_match_the_vector(string name)
    {
        var vector = VectorFile.Find(File, "trees", name);
        var leaves = Leaves(Payload(vector.Number("length")));
        var layer = MerkleTree.PieceLayer(leaves);

        Assert.Equal(vector.Text("root"), MerkleTree.Root(leaves).ToString());
        Assert.Equal(vector.Number("piece_bytes"), MerkleTree.PieceBytes(vector.Number("length")));
        Assert.Equal(vector.Number("pieces") * HashBytes, layer.Length);
        Assert.Equal(vector.Bytes("first_piece"), layer[..HashBytes]);
        Assert.Equal(vector.Bytes("last_piece"), layer[^HashBytes..]);
        Assert.Equal(vector.Bytes("piece_hashes_sha256"), SHA256.HashData(layer));
        if (vector.TryGetProperty("piece_hashes", out var hashes))
            Assert.Equal(Convert.FromHexString(hashes.GetString()!), layer);
    }

    [Theory]
    [MemberData(nameof(Trees))]
    public void The_last_piece_matches_its_hash(string name)
    {
        var vector = VectorFile.Find(File, "trees", name);
        var payload = Payload(vector.Number("length"));
        var root = new ContentHash(vector.Bytes("root"));
        Assert.True(PieceTree.TryCreate(
            root, payload.Length, vector.Number("piece_bytes"), MerkleTree.PieceLayer(Leaves(payload)), out var tree));

        var last = tree.Count - 1;
        Assert.Equal(vector.Number("last_piece_length"), tree.LengthOf(last));
        Assert.True(tree.Verify(last, payload.AsSpan(last * tree.PieceBytes)));
    }

    [Fact]
    public void A_missing_node_counts_as_a_tree_of_zero_leaves()
    {
        var padding = VectorFile.Read(File, "padding").Select(node => Convert.FromHexString(node.GetString()!)).ToArray();

        Assert.Equal(new byte[HashBytes], padding[0]);
        for (var level = 0; level + 1 < padding.Length; level++)
        {
            byte[] node = [.. padding[level]];
            Assert.Equal(1, MerkleTree.HashParents(node, 1, level));
            Assert.Equal(padding[level + 1], node);
        }
    }

    private static byte[] Leaves(byte[] payload)
    {
        var hasher = new MerkleHasher();
        hasher.Append(payload);
        return hasher.Finish();
    }

    // Byte i of a payload is i mod 251.
    private static byte[] Payload(int length)
    {
        var payload = new byte[length];
        for (var i = 0; i < length; i++)
            payload[i] = (byte)(i % 251);
        return payload;
    }
}
