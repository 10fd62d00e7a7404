using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;

namespace TspActors.Protocol;

/// <summary>
/// The identity of a live feed, and the signatures that prove that its chunks come from its source (docs/protocol.md section 6).
/// </summary>
public static class LiveProof
{
    /// <summary>The length of a signature: r and s of ECDSA P-256, 32 bytes each.</summary>
    public const int SignatureSize = 64;

    /// <summary>The maximum number of peer ids in a path.</summary>
    public const int MaxPath = 8;

    /// <summary>The maximum distance from the source at which a peer may pass a feed on.</summary>
    public const int MaxDepth = 4;

    // A P-256 key is 91 bytes long.
    private const int MaxKeyBytes = 128;
    private const int SignedSize = 9 + ContentHash.Size + 8 + 8 + 4 + 4 + ContentHash.Size;

    /// <summary>Returns the content hash of a feed: the SHA-256 of its source's peer id, followed by the feed's name in UTF-8.</summary>
    public static ContentHash HashOf(PeerId source, string feedName) =>
        new(SHA256.HashData([.. source.ToArray(), .. Encoding.UTF8.GetBytes(feedName)]));

    /// <summary>Fills in the hash and the signature of a chunk.</summary>
    /// <param name="chunk">The chunk, with its sequence, time and duration already set.</param>
    /// <param name="feed">The content hash of the feed.</param>
    /// <param name="mp3">The chunk's bytes.</param>
    /// <param name="key">The source's private key: ECDSA P-256.</param>
    public static void Sign(LiveChunk chunk, ContentHash feed, ReadOnlySpan<byte> mp3, ECDsa key)
    {
        var hash = SHA256.HashData(mp3);
        chunk.Length = (uint)mp3.Length;
        chunk.Hash = UnsafeByteOperations.UnsafeWrap(hash);
        Span<byte> signed = stackalloc byte[SignedSize];
        Write(signed, chunk, feed);
        chunk.Signature = UnsafeByteOperations.UnsafeWrap(
            key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    /// <summary>Returns whether the chunk was signed with the key. The caller must compare the bytes with the hash separately.</summary>
    public static bool IsSigned(LiveChunk chunk, ContentHash feed, ECDsa key)
    {
        Span<byte> signed = stackalloc byte[SignedSize];
        Write(signed, chunk, feed);
        return key.VerifyData(
            signed, chunk.Signature.Span, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>Checks that a stream start names the source of a feed, and returns the source's key.</summary>
    /// <param name="live">The host's description of the feed.</param>
    /// <param name="feed">The content hash of the requested feed.</param>
    /// <param name="key">The public key; the caller disposes of it.</param>
    /// <returns>False if the name, the id or the key belongs to a different feed, or the key is not P-256.</returns>
    public static bool TryReadKey(LiveStart live, ContentHash feed, out ECDsa? key)
    {
        key = null;
        if (live.SourceId.Length != PeerId.Size || live.SourceKey.Length > MaxKeyBytes)
            return false;
        var source = new PeerId(live.SourceId.Span);
        if (HashOf(source, live.FeedName) != feed || !SHA256.HashData(live.SourceKey.Span).AsSpan(0, PeerId.Size).SequenceEqual(
            live.SourceId.Span))
            return false;
        var read = ECDsa.Create();
        try
        {
            read.ImportSubjectPublicKeyInfo(live.SourceKey.Span, out var length);
            if (length == live.SourceKey.Length && read.KeySize == 256)
            {
                key = read;
                return true;
            }
        }
        catch (CryptographicException)
        {
            // The key cannot be imported, so it is not a peer's key.
        }

        read.Dispose();
        return false;
    }

    private static void Write(Span<byte> signed, LiveChunk chunk, ContentHash feed)
    {
        "tsp1-live"u8.CopyTo(signed);
        var at = signed[9..];
        feed.ToArray().CopyTo(at);
        at = at[ContentHash.Size..];
        BinaryPrimitives.WriteUInt64BigEndian(at, chunk.Sequence);
        BinaryPrimitives.WriteUInt64BigEndian(at[8..], chunk.TimeMs);
        BinaryPrimitives.WriteUInt32BigEndian(at[16..], chunk.DurationMs);
        BinaryPrimitives.WriteUInt32BigEndian(at[20..], chunk.Length);
        chunk.Hash.Span.CopyTo(at[24..]);
    }
}
