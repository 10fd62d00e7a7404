using System.Collections.Immutable;
using System.Text;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Ids;
using TspActors.Tracker.Search;

namespace TspActors.Tracker.Catalog;

/// <summary>A batch of a share. The PeerActor prepares it, so that the catalog's single writer has little left to do.</summary>
/// <param name="Complete">True if the batches of this share together contain all of the peer's songs.</param>
/// <param name="Last">True for the last batch of the share.</param>
/// <param name="Added">Songs that the peer has.</param>
/// <param name="Removed">Songs that the peer no longer has.</param>
/// <param name="Load">How busy the peer is; null = not reported.</param>
internal sealed record SharedBatch(
    bool Complete, bool Last, ImmutableArray<OfferedSong> Added, ImmutableArray<ContentHash> Removed, HostLoad? Load)
{
    /// <summary>The approximate number of bytes that the batch took up in its frame.</summary>
    public long Bytes => Added.Sum(song => (long)song.Facts.Length) + ((long)Removed.Length * ContentHash.Size);
}

/// <summary>A song that a peer shares, encoded and split into search terms.</summary>
/// <param name="Hash">The content hash, which identifies the song.</param>
/// <param name="HashBytes">The bytes of the same hash, as received.</param>
/// <param name="Facts">The song as a protobuf <see cref="Song"/> without id and hosts.</param>
/// <param name="LastId">The id that the peer remembers; 0 = none.</param>
/// <param name="Refusal">Why the tracker refuses the song; null if it does not.</param>
/// <param name="Words">The search terms.</param>
internal sealed record OfferedSong(ContentHash Hash, ByteString HashBytes, byte[] Facts, int LastId, string? Refusal, SearchDocument Words)
{
    private const int MaxTagBytes = 1024;

    /// <summary>Whether the song is a live feed.</summary>
    public bool IsLive { get; init; }

    /// <summary>How far the host claims to be from the source of the live feed; 0 = it is the source.</summary>
    public uint RelayDepth { get; init; }

    /// <summary>What the live feed is playing, according to its host; empty = unknown. The facts do not contain it.</summary>
    public string NowPlaying { get; init; } = "";

    /// <summary>The title, which is the name of a live feed; empty for a song.</summary>
    public string Title { get; init; } = "";

    /// <summary>True if another tracker has accepted the song, so that this tracker's limits do not apply.</summary>
    public bool IsReplicated { get; init; }

    /// <summary>True if the song was within the limits and has already been counted as new.</summary>
    public bool IsCounted { get; init; }

    /// <summary>True if <see cref="LastId"/> is the id that the cluster has assigned to the song.</summary>
    public bool HasId { get; init; }

    /// <summary>
    /// True if a receipt proves that this tracker, or another one in its cluster, assigned <see cref="LastId"/> to the song.
    /// </summary>
    public bool IsProven { get; init; }

    public static OfferedSong FromShared(SharedSong song, ReceiptKeys? keys = null)
    {
        var hash = new ContentHash(song.ContentHash.Span);
        VisibleText.Clean(song.Tags);
        ReplayGainBounds.Clean(song.Format);
        // The title that is playing is kept out of the facts, because it changes constantly, and every change to the facts is broadcast
        // to all peers.
        var nowPlaying = song.Tags?.NowPlaying ?? "";
        if (song.Tags is { } tags)
            tags.NowPlaying = "";
        return RefusalOf(song) is { } refusal
            ? new OfferedSong(hash, song.ContentHash, [], song.LastId, refusal, SearchDocument.Empty)
            : new OfferedSong(
                hash, song.ContentHash,
                new Song { ContentHash = song.ContentHash, Tags = song.Tags, Format = song.Format, Live = song.Live }.ToByteArray(),
                song.LastId, null, SearchDocument.From(song.Tags!))
            {
                IsLive = song.Live,
                RelayDepth = song.RelayDepth,
                NowPlaying = song.Live && !IsTooLong(nowPlaying) ? nowPlaying : "",
                Title = song.Live ? song.Tags!.Title : "",
                IsProven = song.LastId > 0 && keys is not null && keys.Verify(hash, song.LastId, IdReceipt.Read(song.Receipt)),
            };
    }

    /// <summary>Creates a song that another tracker in the cluster has accepted, with the id assigned to it.</summary>
    /// <exception cref="InvalidProtocolBufferException">The facts are not a valid song.</exception>
    /// <exception cref="ArgumentException">The facts contain no valid content hash.</exception>
    public static OfferedSong Replicated(int id, byte[] facts)
    {
        var song = Song.Parser.ParseFrom(facts);
        return new OfferedSong(
            new ContentHash(song.ContentHash.Span), song.ContentHash, facts, id, null,
            SearchDocument.From(song.Tags))
        {
            IsLive = song.Live,
            Title = song.Live ? song.Tags?.Title ?? "" : "",
            IsReplicated = true,
            HasId = true,
        };
    }

    private static string? RefusalOf(SharedSong song) =>
        string.IsNullOrWhiteSpace(song.Tags?.Title) ? "it has no title"
        : IsTooLong(song.Tags.Title) || IsTooLong(song.Tags.Artist) || IsTooLong(song.Tags.Album) || IsTooLong(song.Tags.AlbumArtist)
            || IsTooLong(song.Tags.Genre)
            ? $"a tag is longer than {MaxTagBytes} bytes"
        : !song.Live && (song.Format?.PayloadBytes ?? 0) == 0 ? "it is empty"
        : null;

    private static bool IsTooLong(string tag) => tag.Length > MaxTagBytes / 3 && Encoding.UTF8.GetByteCount(tag) > MaxTagBytes;
}
