using System.Buffers;
using System.Security.Cryptography;
using TspActors.Protocol;

namespace TspActors.Media.Hashing;

/// <summary>
/// An incremental hasher that turns a payload, appended in spans of any size, into the leaves of its <see cref="MerkleTree"/>.
/// </summary>
/// <remarks>Complete blocks are hashed in place; only a block that is split between spans is buffered. Not thread-safe.</remarks>
public sealed class MerkleHasher
{
    private readonly ArrayBufferWriter<byte> _leaves = new();
    private byte[]? _buffer;
    private int _bufferedBytes;

    /// <summary>The number of bytes appended so far.</summary>
    public long Length { get; private set; }

    /// <summary>Appends the next bytes of the payload.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        if (_bufferedBytes > 0)
        {
            var head = bytes[..Math.Min(bytes.Length, MerkleTree.BlockBytes - _bufferedBytes)];
            Buffer(head);
            bytes = bytes[head.Length..];
            if (_bufferedBytes < MerkleTree.BlockBytes)
                return;
            AddLeaf(_buffer);
            _bufferedBytes = 0;
        }

        for (; bytes.Length >= MerkleTree.BlockBytes; bytes = bytes[MerkleTree.BlockBytes..])
            AddLeaf(bytes[..MerkleTree.BlockBytes]);
        Buffer(bytes);
    }

    /// <summary>
    /// Completes the last block and returns the leaves, 32 bytes each; none for an empty payload. Nothing may be appended afterwards.
    /// </summary>
    public byte[] Finish()
    {
        if (_bufferedBytes > 0)
            AddLeaf(_buffer.AsSpan(0, _bufferedBytes));
        _bufferedBytes = 0;
        return _leaves.WrittenSpan.ToArray();
    }

    private void Buffer(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        _buffer ??= new byte[MerkleTree.BlockBytes];
        bytes.CopyTo(_buffer.AsSpan(_bufferedBytes));
        _bufferedBytes += bytes.Length;
    }

    private void AddLeaf(ReadOnlySpan<byte> block)
    {
        SHA256.HashData(block, _leaves.GetSpan(ContentHash.Size));
        _leaves.Advance(ContentHash.Size);
    }
}
