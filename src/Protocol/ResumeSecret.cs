using System.Security.Cryptography;
using Google.Protobuf;

namespace TspActors.Protocol;

/// <summary>
/// The secret that a peer receives in its welcome. The peer sends it in its next hello to prove that it may replace its earlier connection.
/// </summary>
public static class ResumeSecret
{
    /// <summary>The length of a secret in bytes.</summary>
    public const int Size = 16;

    /// <summary>Returns a new random secret.</summary>
    public static ByteString NewRandom() => UnsafeByteOperations.UnsafeWrap(RandomNumberGenerator.GetBytes(Size));

    /// <summary>
    /// Returns the digest by which the other trackers in a cluster recognize the secret; empty if the secret has the wrong length. The
    /// digest does not reveal the secret.
    /// </summary>
    public static ByteString Digest(ByteString secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return secret.Length == Size ? ByteString.CopyFrom(SHA256.HashData(secret.Span).AsSpan(0, Size)) : ByteString.Empty;
    }

    /// <summary>Returns true if the secret presented in a hello is correct. The comparison takes constant time.</summary>
    public static bool Matches(ByteString secret, ByteString shown)
    {
        ArgumentNullException.ThrowIfNull(secret);
        ArgumentNullException.ThrowIfNull(shown);
        return secret.Length == Size && CryptographicOperations.FixedTimeEquals(secret.Span, shown.Span);
    }
}
