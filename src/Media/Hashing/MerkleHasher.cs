using System.Buffers;
using System.Security.Cryptography;
using TspActors.Protocol;

namespace TspActors.Media.Hashing;

/// <summary>Hashes a payload that arrives in parts of any size into the leaves of its <see cref="MerkleTree"/>.</summary>
/// <remarks>Whole blocks are hashed where they lie; only a block that is cut by the parts is put together first. Not thread-safe.</remarks>
public sealed class MerkleHasher
{
    private readonly ArrayBufferWriter<byte> _leaves = new();
    private byte[]? _cut;
    private int _cutBytes;

    /// <summary>Bytes appended so far.</summary>
    public long Length { get; private set; }

    /// <summary>Adds the payload's next bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        if (_cutBytes > 0)
        {
            var taken = bytes[..Math.Min(bytes.Length, MerkleTree.BlockBytes - _cutBytes)];
            Keep(taken);
            bytes = bytes[taken.Length..];
            if (_cutBytes < MerkleTree.BlockBytes)
                return;
            AddLeaf(_cut);
            _cutBytes = 0;
        }

        for (; bytes.Length >= MerkleTree.BlockBytes; bytes = bytes[MerkleTree.BlockBytes..])
            AddLeaf(bytes[..MerkleTree.BlockBytes]);
        Keep(bytes);
    }

    /// <summary>Closes the last block and gives the leaves, 32 bytes each; none for an empty payload. Nothing may be appended after it.</summary>
    public byte[] Finish()
    {
        if (_cutBytes > 0)
            AddLeaf(_cut.AsSpan(0, _cutBytes));
        _cutBytes = 0;
        return _leaves.WrittenSpan.ToArray();
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        _cut ??= new byte[MerkleTree.BlockBytes];
        bytes.CopyTo(_cut.AsSpan(_cutBytes));
        _cutBytes += bytes.Length;
    }

    private void AddLeaf(ReadOnlySpan<byte> block)
    {
        SHA256.HashData(block, _leaves.GetSpan(ContentHash.Size));
        _leaves.Advance(ContentHash.Size);
    }
}
