using System.Security.Cryptography;
using TspActors.Protocol;

namespace TspActors.Gateway.Covers;

/// <summary>A source of front covers: a cache, this peer's own files, or a host.</summary>
internal interface ICovers : IAsyncDisposable
{
    /// <summary>Returns a cover, scaled down so that its longer side is at most <paramref name="size"/> pixels.</summary>
    /// <param name="cover">The SHA-256 of the picture.</param>
    /// <param name="songTrackerId">The song id of a song with this cover; 0 = any song that has it.</param>
    /// <param name="size">The maximum length of the longer side, from 32 to 1200 pixels; 0 = unscaled.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The picture; null if it could not be fetched or cannot be decoded.</returns>
    ValueTask<CoverPicture?> FindAsync(ContentHash cover, int songTrackerId, int size, CancellationToken cancellation);
}

/// <summary>A picture: JPEG or PNG.</summary>
internal sealed record CoverPicture(ReadOnlyMemory<byte> Bytes, string ContentType)
{
    /// <summary>The entity tag.</summary>
    public string Tag => $"\"{Convert.ToHexStringLower(SHA256.HashData(Bytes.Span).AsSpan(0, 16))}\"";
}
