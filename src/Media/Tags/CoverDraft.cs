using System.Security.Cryptography;
using TspActors.Media.Covers;

namespace TspActors.Media.Tags;

/// <summary>Selects the best picture in a file's tags: the front cover, or else a picture of no particular type.</summary>
/// <param name="keepsBytes">Whether the picture itself is kept, not only its hash.</param>
internal sealed class CoverDraft(bool keepsBytes)
{
    private const byte Other = 0;
    private const byte FrontCover = 3;
    private int _rank;

    /// <summary>The SHA-256 of the best picture so far; null if there is none.</summary>
    public byte[]? Hash { get; private set; }

    /// <summary>The best picture so far; null if there is none, or if pictures are not kept.</summary>
    public byte[]? Bytes { get; private set; }

    /// <summary>Whether a picture could still be better than the best one so far.</summary>
    public bool IsOpen => _rank < RankOf(FrontCover);

    /// <summary>Offers a picture with the type that the tag states.</summary>
    public void Offer(byte type, ReadOnlySpan<byte> picture)
    {
        var rank = RankOf(type);
        if (rank <= _rank || CoverImage.MediaTypeOf(picture) is null)
            return;
        _rank = rank;
        Hash = SHA256.HashData(picture);
        Bytes = keepsBytes ? picture.ToArray() : null;
    }

    private static int RankOf(byte type) => type switch
    {
        FrontCover => 2,
        Other => 1,
        _ => 0,
    };
}
