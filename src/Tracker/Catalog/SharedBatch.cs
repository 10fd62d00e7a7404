using System.Collections.Immutable;
using System.Text;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Search;

namespace TspActors.Tracker.Catalog;

/// <summary>A frame of a share, or a part of one, made ready by its peer's actor, so that the one writer of the catalog has little left to do.</summary>
/// <param name="Complete">These frames together are everything the peer has.</param>
/// <param name="Last">The end of this share.</param>
/// <param name="Added">Songs it has.</param>
/// <param name="Removed">Songs it no longer has.</param>
/// <param name="Load">How busy it is; null = not told.</param>
internal sealed record SharedBatch(bool Complete, bool Last, ImmutableArray<OfferedSong> Added, ImmutableArray<ContentHash> Removed, HostLoad? Load);

/// <summary>A song that a peer shares, encoded and cut into words.</summary>
/// <param name="Hash">Which song it is.</param>
/// <param name="HashBytes">The same, as it came.</param>
/// <param name="Facts">The song as a protobuf <see cref="Song"/> without id and hosts.</param>
/// <param name="LastId">The id that the peer remembers; 0 = none.</param>
/// <param name="Refusal">Why nobody could host it; null when it is all right.</param>
/// <param name="Words">What it is found by.</param>
internal sealed record OfferedSong(ContentHash Hash, ByteString HashBytes, byte[] Facts, int LastId, string? Refusal, SearchDocument Words)
{
    private const int MaxTagBytes = 1024;

    /// <summary>Another tracker has taken it: this one's limits do not apply.</summary>
    public bool IsGiven { get; init; }

    /// <summary>It has been found to be within the limits, and was counted as new.</summary>
    public bool IsCounted { get; init; }

    /// <summary>All trackers of the cluster agree that <see cref="LastId"/> is its id.</summary>
    public bool HasId { get; init; }

    public static OfferedSong Of(SharedSong song)
    {
        var hash = new ContentHash(song.ContentHash.Span);
        return RefusalOf(song) is { } refusal
            ? new OfferedSong(hash, song.ContentHash, [], song.LastId, refusal, SearchDocument.Empty)
            : new OfferedSong(
                hash, song.ContentHash,
                new Song { ContentHash = song.ContentHash, Tags = song.Tags, Format = song.Format, Live = song.Live }.ToByteArray(),
                song.LastId, null, SearchDocument.Of(song.Tags));
    }

    /// <summary>A song that another tracker of the cluster has taken, with its id.</summary>
    /// <exception cref="InvalidProtocolBufferException">The facts are no song.</exception>
    public static OfferedSong Given(int id, byte[] facts)
    {
        var song = Song.Parser.ParseFrom(facts);
        return new OfferedSong(new ContentHash(song.ContentHash.Span), song.ContentHash, facts, id, null, SearchDocument.Of(song.Tags)) { IsGiven = true, HasId = true };
    }

    private static string? RefusalOf(SharedSong song) =>
        string.IsNullOrWhiteSpace(song.Tags?.Title) ? "it has no title"
        : IsTooLong(song.Tags.Title) || IsTooLong(song.Tags.Artist) || IsTooLong(song.Tags.Album) || IsTooLong(song.Tags.AlbumArtist) || IsTooLong(song.Tags.Genre)
            ? $"a tag is longer than {MaxTagBytes} bytes"
        : !song.Live && (song.Format?.PayloadBytes ?? 0) == 0 ? "it is empty"
        : null;

    private static bool IsTooLong(string tag) => tag.Length > MaxTagBytes / 3 && Encoding.UTF8.GetByteCount(tag) > MaxTagBytes;
}
