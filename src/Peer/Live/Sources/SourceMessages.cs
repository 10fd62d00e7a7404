using Akka.Actor;
using TspActors.Transport;

namespace TspActors.Peer.Live.Sources;

/// <summary>
/// From a source to its FeedActor, as its first message: the source has MP3 audio for this feed. The reply is
/// <see cref="SourceAccepted"/> or <see cref="SourceRefused"/>. The FeedActor watches the source from then on.
/// </summary>
/// <param name="Source">The actor that sends the bytes.</param>
/// <param name="Description">A human-readable description of the source; for example "ffmpeg at 127.0.0.1".</param>
internal sealed record OpenSource(IActorRef Source, string Description) : ILocalMessage;

/// <summary>To a source: send your first bytes.</summary>
internal sealed record SourceAccepted : ILocalMessage
{
    public static readonly SourceAccepted Instance = new();
}

/// <summary>To a source: the feed already has a source, or is closed. <paramref name="Reason"/> is human-readable.</summary>
internal sealed record SourceRefused(string Reason) : ILocalMessage;

/// <summary>
/// From a source: the next bytes of its MP3 stream, at most <see cref="MaxBytes"/>, split at any point. The source sends more only
/// after <see cref="SourceTaken"/>, which the FeedActor delays while the source is ahead of real time.
/// </summary>
/// <param name="Bytes">The bytes. The FeedActor keeps none of them, and the source may reuse the memory after
///   <see cref="SourceTaken"/>.</param>
internal sealed record SourceBytes(ReadOnlyMemory<byte> Bytes) : ILocalMessage
{
    /// <summary>The maximum length of one message.</summary>
    public const int MaxBytes = 64 * 1024;
}

/// <summary>To a source: the bytes have been used, so send more.</summary>
internal sealed record SourceTaken : ILocalMessage
{
    public static readonly SourceTaken Instance = new();
}

/// <summary>
/// From a source: the title that applies to the bytes that follow. The FeedActor shortens and cleans it. An empty title means that
/// the title is unknown.
/// </summary>
internal sealed record SourceTitle(string Title) : ILocalMessage;

/// <summary>From a source: no more bytes will follow. Another source may open the feed. Sent at most once, after the last bytes.</summary>
/// <param name="Reason">A human-readable reason.</param>
internal sealed record SourceClosed(string Reason) : ILocalMessage;

/// <summary>To a source: the feed no longer wants this source. The source stops and sends nothing more.</summary>
internal sealed record DropSource(string Reason) : ILocalMessage;

/// <summary>To a station: skip to the next song now.</summary>
internal sealed record SkipSong : ILocalMessage
{
    public static readonly SkipSong Instance = new();
}
