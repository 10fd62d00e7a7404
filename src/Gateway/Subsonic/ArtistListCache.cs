using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;
using TspActors.Gateway.Library;
using TspActors.Gateway.Web;

namespace TspActors.Gateway.Subsonic;

/// <summary>
/// Caches the encoded list of all artists in each format. The list is long, changes rarely, and is requested often.
/// Thread-safe.
/// </summary>
internal sealed class ArtistListCache
{
    private readonly ConcurrentDictionary<(string Format, bool IsLegacy), Entry> _entries = new();

    /// <summary>Returns the encoded list, encoding it again only if it has changed.</summary>
    /// <param name="format">The format of the response.</param>
    /// <param name="isLegacy">Whether the response is limited to the classic schema.</param>
    /// <param name="artists">The artists. The library returns the same list until they change.</param>
    /// <param name="marks">The version of the user data, which includes the stars in the list.</param>
    /// <param name="encode">Encodes the list.</param>
    public EncodedList Get(string format, bool isLegacy, IReadOnlyList<LibraryArtist> artists, long marks, Func<byte[]> encode)
    {
        var key = (format, isLegacy);
        if (_entries.TryGetValue(key, out var known) && ReferenceEquals(known.Artists, artists) && known.Marks == marks)
            return known.List;
        var list = new EncodedList(encode());
        _entries[key] = new Entry(artists, marks, list);
        return list;
    }

    private sealed record Entry(IReadOnlyList<LibraryArtist> Artists, long Marks, EncodedList List);
}

/// <summary>An encoded list, which is compressed at most once.</summary>
/// <param name="bytes">The bytes.</param>
internal sealed class EncodedList(byte[] bytes)
{
    private readonly Lazy<byte[]> _packed = new(() => PackedBody.Pack(bytes, CompressionLevel.Fastest));

    /// <summary>The bytes.</summary>
    public byte[] Bytes => bytes;

    /// <summary>The bytes, compressed with gzip.</summary>
    public byte[] Packed => _packed.Value;

    /// <summary>The entity tag. It is weak, because the plain and the compressed bytes share it.</summary>
    public string Tag { get; } = $"W/\"{Convert.ToHexStringLower(SHA256.HashData(bytes)[..16])}\"";
}
