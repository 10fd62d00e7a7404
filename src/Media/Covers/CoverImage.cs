using System.Security.Cryptography;
using TspActors.Protocol;

namespace TspActors.Media.Covers;

/// <summary>A front cover: the bytes of a JPEG or PNG, and their SHA-256.</summary>
/// <param name="Bytes">The picture.</param>
/// <param name="Hash">Its SHA-256, which identifies the cover (docs/protocol.md section 4).</param>
/// <param name="MediaType">The type of the picture: image/jpeg or image/png.</param>
public sealed record CoverImage(ReadOnlyMemory<byte> Bytes, ContentHash Hash, string MediaType)
{
    /// <summary>The maximum length of a cover in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    // No picture is shorter than this, because its headers alone are longer.
    private const int MinBytes = 32;

    /// <summary>Returns the cover with these bytes; null if they are not a JPEG or PNG, or are too long.</summary>
    public static CoverImage? TryCreate(ReadOnlyMemory<byte> bytes) =>
        MediaTypeOf(bytes.Span) is { } type ? new CoverImage(bytes, new ContentHash(SHA256.HashData(bytes.Span)), type) : null;

    /// <summary>
    /// Returns the media type of a picture from its first bytes; null if it is neither JPEG nor PNG, or if its length is out of bounds.
    /// </summary>
    public static string? MediaTypeOf(ReadOnlySpan<byte> bytes) => bytes.Length is < MinBytes or > MaxBytes ? null
        : bytes.StartsWith<byte>([0xFF, 0xD8, 0xFF]) ? "image/jpeg"
        : bytes.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]) ? "image/png"
        : null;
}
