using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>
/// The ids that clients see. They depend only on content, so every gateway assigns the same ids, and clients may keep them for years.
/// </summary>
/// <remarks>
/// A song's id is the start of its content hash. The ids of albums and artists are hashes of their keys; "v1" in the hashed text is the
/// version of the rules in <see cref="TextKey"/>.
/// </remarks>
internal static class LibraryIds
{
    public const string SongPrefix = "tr-";
    public const string AlbumPrefix = "al-";
    public const string ArtistPrefix = "ar-";
    public const string FeedPrefix = "st-";

    /// <summary>The maximum length of a string that is accepted as an id. All ids are shorter.</summary>
    public const int MaxLength = 63;

    private const int SongBytes = 16;
    private const int SongLetters = 26;

    /// <summary>Returns the id of a song.</summary>
    public static string OfSong(ContentHash hash) => SongPrefix + StartOf(hash);

    /// <summary>Returns the id of a live feed. The hash is computed from the source and the name of the feed.</summary>
    public static string OfFeed(ContentHash hash) => FeedPrefix + StartOf(hash);

    /// <summary>Returns the id of an album.</summary>
    public static string OfAlbum(string artistKey, string albumKey) => AlbumPrefix + BitsOfAlbum(artistKey, albumKey);

    /// <summary>Returns the id of an album without its prefix.</summary>
    public static NameIdBits BitsOfAlbum(string artistKey, string albumKey) => HashOf($"v1\0album\0{artistKey}\0{albumKey}");

    /// <summary>Returns the id of an artist.</summary>
    public static string OfArtist(string artistKey) => ArtistPrefix + BitsOfArtist(artistKey);

    /// <summary>Returns the id of an artist without its prefix.</summary>
    public static NameIdBits BitsOfArtist(string artistKey) => HashOf($"v1\0artist\0{artistKey}");

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

    /// <summary>Parses the id of an album or artist.</summary>
    /// <param name="prefix"><see cref="AlbumPrefix"/> or <see cref="ArtistPrefix"/>.</param>
    /// <param name="id">The id.</param>
    /// <param name="bits">The bits that the id encodes after its prefix.</param>
    public static bool TryParseName(string prefix, string id, out NameIdBits bits)
    {
        bits = default;
        Span<byte> bytes = stackalloc byte[NameIdBits.Size];
        if (!id.StartsWith(prefix, StringComparison.Ordinal) || !Base32.TryDecode(id.AsSpan(prefix.Length), bytes))
            return false;
        bits = new NameIdBits(bytes);
        return true;
    }

    private static string StartOf(ContentHash hash)
    {
        Span<byte> bytes = stackalloc byte[ContentHash.Size];
        hash.CopyTo(bytes);
        return Base32.Encode(bytes[..SongBytes]);
    }

    private static NameIdBits HashOf(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>The first 16 bytes of a content hash.</summary>
internal readonly record struct SongIdBits(ulong First, ulong Second)
{
    /// <summary>
    /// A hash code for tables. As in <see cref="ContentHash"/>, an attacker cannot construct many hashes with the same code.
    /// </summary>
    public uint Code => (uint)KeyedHashCode.Of(First, Second);

    /// <summary>Returns the first 16 bytes of a hash.</summary>
    public static SongIdBits Of(ContentHash hash)
    {
        Span<byte> bytes = stackalloc byte[ContentHash.Size];
        hash.CopyTo(bytes);
        return new SongIdBits(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }
}

/// <summary>The first 12 bytes of the hash of a name.</summary>
internal readonly record struct NameIdBits
{
    /// <summary>The number of bytes.</summary>
    public const int Size = 12;

    private readonly uint _first;
    private readonly uint _second;
    private readonly uint _third;

    /// <summary>A hash code for tables.</summary>
    public uint Code => (uint)HashCode.Combine(_first, _second, _third);

    /// <param name="bytes">At least <see cref="Size"/> bytes. Any further bytes are ignored.</param>
    public NameIdBits(ReadOnlySpan<byte> bytes)
    {
        _first = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        _second = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        _third = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]);
    }

    /// <summary>Returns the bytes in base32.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, _first);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], _second);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], _third);
        return Base32.Encode(bytes);
    }
}
