using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>
/// The ids that clients see. They depend on content only, so that every gateway gives the same ids, and clients may keep them for years.
/// </summary>
/// <remarks>
/// A song's id is the start of its content hash. The ids of albums and artists are hashes of their keys; "v1" in the input stands for the
/// rules of <see cref="TextKey"/>.
/// </remarks>
internal static class LibraryIds
{
    public const string SongPrefix = "tr-";
    public const string AlbumPrefix = "al-";
    public const string ArtistPrefix = "ar-";
    public const string FeedPrefix = "st-";

    private const int SongBytes = 16;
    private const int NameBytes = 12;
    private const int SongLetters = 26;

    /// <summary>Returns the id of a song.</summary>
    public static string OfSong(ContentHash hash) => SongPrefix + StartOf(hash);

    /// <summary>Returns the id of a live feed, whose hash is computed from its source and its name.</summary>
    public static string OfFeed(ContentHash hash) => FeedPrefix + StartOf(hash);

    /// <summary>Returns the id of an album.</summary>
    public static string OfAlbum(string artistKey, string albumKey) => AlbumPrefix + HashOf($"v1\0album\0{artistKey}\0{albumKey}");

    /// <summary>Returns the id of an artist.</summary>
    public static string OfArtist(string artistKey) => ArtistPrefix + HashOf($"v1\0artist\0{artistKey}");

    /// <summary>Parses a song's id into the bits of the content hash that it contains.</summary>
    public static bool TryParseSong(string id, out SongIdBits bits)
    {
        bits = default;
        Span<byte> bytes = stackalloc byte[SongBytes];
        if (id.Length != SongPrefix.Length + SongLetters || !id.StartsWith(SongPrefix, StringComparison.Ordinal)
            || !Base32.TryDecode(id.AsSpan(SongPrefix.Length), bytes))
            return false;
        bits = new SongIdBits(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
        return true;
    }

    private static string StartOf(ContentHash hash)
    {
        Span<byte> bytes = stackalloc byte[ContentHash.Size];
        hash.CopyTo(bytes);
        return Base32.Encode(bytes[..SongBytes]);
    }

    private static string HashOf(string text) => Base32.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, NameBytes));
}

/// <summary>The first 16 bytes of a content hash.</summary>
internal readonly record struct SongIdBits(ulong First, ulong Second)
{
    /// <summary>Returns the first 16 bytes of a hash.</summary>
    public static SongIdBits Of(ContentHash hash)
    {
        Span<byte> bytes = stackalloc byte[ContentHash.Size];
        hash.CopyTo(bytes);
        return new SongIdBits(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }
}
