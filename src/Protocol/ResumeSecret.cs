using System.Security.Cryptography;
using Google.Protobuf;

namespace TspActors.Protocol;

/// <summary>
/// The secret that a welcome gives a peer. The peer shows it in its next hello to prove that it may replace the connection of that welcome.
/// </summary>
public static class ResumeSecret
{
    /// <summary>Bytes of a secret.</summary>
    public const int Size = 16;

    /// <summary>Makes a secret that nobody can guess.</summary>
    public static ByteString NewRandom() => UnsafeByteOperations.UnsafeWrap(RandomNumberGenerator.GetBytes(Size));

    /// <summary>Returns the digest by which other trackers of a cluster recognize the secret. The secret cannot be derived from it.</summary>
    public static ByteString Digest(ByteString secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return secret.Length == Size ? ByteString.CopyFrom(SHA256.HashData(secret.Span).AsSpan(0, Size)) : ByteString.Empty;
    }

    /// <summary>Returns true when what a hello shows is the secret; takes the same time wherever they differ.</summary>
    public static bool Matches(ByteString secret, ByteString shown)
    {
        ArgumentNullException.ThrowIfNull(secret);
        ArgumentNullException.ThrowIfNull(shown);
        return secret.Length == Size && CryptographicOperations.FixedTimeEquals(secret.Span, shown.Span);
    }
}
