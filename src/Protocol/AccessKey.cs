using System.Security.Cryptography;
using System.Text;

namespace TspActors.Protocol;

/// <summary>The shared secret of a tracker and its peers, and the proofs that both sides know it (docs/protocol.md section 3).</summary>
public sealed class AccessKey
{
    /// <summary>Bytes of a nonce.</summary>
    public const int NonceSize = 32;

    /// <summary>Bytes of a proof: an HMAC-SHA256.</summary>
    public const int ProofSize = 32;

    private readonly byte[] _key;

    /// <param name="key">The secret as text; its UTF-8 bytes are the HMAC key.</param>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    public AccessKey(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        _key = Encoding.UTF8.GetBytes(key);
    }

    /// <summary>32 fresh random bytes.</summary>
    public static byte[] NewNonce() => RandomNumberGenerator.GetBytes(NonceSize);

    /// <summary>What the peer (or requester) sends: HMAC(key, "tsp1-peer" + challenge nonce + hello nonce + peer id).</summary>
    public byte[] PeerProof(ReadOnlySpan<byte> challengeNonce, ReadOnlySpan<byte> helloNonce, PeerId peer) =>
        Hmac("tsp1-peer"u8, challengeNonce, helloNonce, peer);

    /// <summary>What the tracker (or host) sends: HMAC(key, "tsp1-tracker" + hello nonce + challenge nonce + peer id).</summary>
    public byte[] TrackerProof(ReadOnlySpan<byte> helloNonce, ReadOnlySpan<byte> challengeNonce, PeerId peer) =>
        Hmac("tsp1-tracker"u8, helloNonce, challengeNonce, peer);

    /// <summary>Compares two proofs in a time that does not depend on where they differ.</summary>
    public static bool Matches(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> given) =>
        CryptographicOperations.FixedTimeEquals(expected, given);

    private byte[] Hmac(ReadOnlySpan<byte> label, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, PeerId peer) =>
        HMACSHA256.HashData(_key, (byte[])[.. label, .. first, .. second, .. peer.ToArray()]);
}
