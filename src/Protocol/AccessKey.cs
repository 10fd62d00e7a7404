using System.Security.Cryptography;
using System.Text;

namespace TspActors.Protocol;

/// <summary>The secret that a tracker and its peers share, and the proofs that both sides know it (docs/protocol.md section 3).</summary>
public sealed class AccessKey
{
    /// <summary>The length of a nonce in bytes.</summary>
    public const int NonceSize = 32;

    /// <summary>The length of a proof in bytes; a proof is an HMAC-SHA256.</summary>
    public const int ProofSize = 32;

    /// <summary>The shortest key that the programs accept, in characters. A shorter one is too easy to guess.</summary>
    public const int MinLength = 12;

    private readonly byte[] _key;

    /// <param name="key">The secret as text; its UTF-8 bytes are the HMAC key.</param>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    public AccessKey(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        _key = Encoding.UTF8.GetBytes(key);
    }

    /// <summary>Returns 32 random bytes.</summary>
    public static byte[] NewNonce() => RandomNumberGenerator.GetBytes(NonceSize);

    /// <summary>Returns the proof of a peer or requester: HMAC(key, "tsp1-peer" + challenge nonce + hello nonce + peer id).</summary>
    /// <param name="challengeNonce">The nonce in the challenge.</param>
    /// <param name="helloNonce">The nonce in the hello.</param>
    /// <param name="peer">The peer id in the hello.</param>
    /// <param name="server">The id of the TLS server's key; null = the connection is plain. If it is given, the proof covers it, so that a
    ///   man in the middle cannot forward the proof to a different server.</param>
    public byte[] PeerProof(ReadOnlySpan<byte> challengeNonce, ReadOnlySpan<byte> helloNonce, PeerId peer, KeyId? server = null) =>
        Hmac(server is null ? "tsp1-peer"u8 : "tsp1-peer-tls"u8, challengeNonce, helloNonce, peer, server);

    /// <summary>Returns the proof of a tracker or host: HMAC(key, "tsp1-tracker" + hello nonce + challenge nonce + peer id).</summary>
    /// <param name="helloNonce">The nonce in the hello.</param>
    /// <param name="challengeNonce">The nonce in the challenge.</param>
    /// <param name="peer">The peer id in the hello.</param>
    /// <param name="server">The id of the TLS server's key; null = the connection is plain.</param>
    public byte[] TrackerProof(ReadOnlySpan<byte> helloNonce, ReadOnlySpan<byte> challengeNonce, PeerId peer, KeyId? server = null) =>
        Hmac(server is null ? "tsp1-tracker"u8 : "tsp1-tracker-tls"u8, helloNonce, challengeNonce, peer, server);

    /// <summary>Compares two proofs in constant time.</summary>
    public static bool Matches(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> given) =>
        CryptographicOperations.FixedTimeEquals(expected, given);

    private byte[] Hmac(ReadOnlySpan<byte> label, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, PeerId peer, KeyId? server) =>
        HMACSHA256.HashData(_key, (byte[])[.. label, .. first, .. second, .. peer.ToArray(), .. server?.ToArray() ?? []]);
}
