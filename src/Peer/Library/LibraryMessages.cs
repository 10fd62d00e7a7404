using System.Collections.Immutable;
using Akka.Actor;
using TspActors.Media.Library;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Library;

/// <summary>
/// A song in this peer's folders, or a live feed of this peer, with everything needed to host it and to announce it to the tracker.
/// </summary>
/// <param name="Id">The song's id at the tracker; 0 = none yet.</param>
/// <param name="File">The file with the payload. For a live feed, it has no path and no payload.</param>
/// <param name="Receipt">The tracker's receipt for the id; empty = none.</param>
internal sealed record OwnSong(int Id, SongFile File, IdReceipt Receipt = default)
{
    /// <summary>The live feed; null if this is a song in a file.</summary>
    public OwnFeed? Feed { get; init; }

    /// <summary>Returns the wire form for the tracker.</summary>
    public SharedSong ToShared() => new()
    {
        ContentHash = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(File.Hash.ToArray()),
        Tags = File.Tags,
        Format = File.Format,
        Live = Feed is not null,
        RelayDepth = Feed?.Depth ?? 0,
        LastId = Id,
        Receipt = Id > 0 ? Receipt.ToByteString() : Google.Protobuf.ByteString.Empty,
    };

    /// <summary>Returns the wire form for a requester.</summary>
    public Song ToSong() => new()
    {
        Id = Id,
        ContentHash = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(File.Hash.ToArray()),
        Tags = Feed is null ? File.Tags : new SongTags(File.Tags) { NowPlaying = Feed.NowPlaying },
        Format = File.Format,
        Live = Feed is not null,
    };
}

/// <summary>A live feed that this peer hosts.</summary>
/// <param name="actor">The feed's actor, which listeners join.</param>
/// <param name="depth">The number of steps to the source; 0 if this peer is the source.</param>
internal sealed class OwnFeed(IActorRef actor, uint depth)
{
    private volatile string _nowPlaying = "";
    private volatile uint _bitrateBps;

    public IActorRef Actor { get; } = actor;

    public uint Depth { get; } = depth;

    /// <summary>The feed's current title; empty = unknown. Only the LiveFeedsActor sets it; any thread may read it.</summary>
    public string NowPlaying
    {
        get => _nowPlaying;
        set => _nowPlaying = value;
    }

    /// <summary>The measured bitrate; 0 = unknown. Only the LiveFeedsActor writes it; any thread may read it.</summary>
    public uint BitrateBps
    {
        get => _bitrateBps;
        set => _bitrateBps = value;
    }
}

/// <summary>To the LibraryActor: share a live feed in addition to the songs, or share it with a different depth or format.</summary>
/// <param name="File">The feed's content hash, tags and format, without a path or a payload.</param>
/// <param name="Feed">The feed.</param>
internal sealed record ShareFeed(SongFile File, OwnFeed Feed) : ILocalMessage
{
    /// <summary>The feed's id at the tracker, if another host has already shared it; 0 = unknown.</summary>
    public int KnownId { get; init; }
}

/// <summary>To the LibraryActor: stop sharing a live feed.</summary>
internal sealed record WithdrawFeed(ContentHash Hash) : ILocalMessage;

/// <summary>A snapshot of the songs that this peer shares.</summary>
internal sealed record OwnSongs(ImmutableDictionary<ContentHash, OwnSong> ByHash, ImmutableDictionary<int, ContentHash> ById)
{
    public static readonly OwnSongs None = new(
        ImmutableDictionary<ContentHash, OwnSong>.Empty, ImmutableDictionary<int, ContentHash>.Empty);

    public OwnSong? Find(int id) => ById.TryGetValue(id, out var hash) ? ByHash.GetValueOrDefault(hash) : null;
}

/// <summary>A cell that contains the newest <see cref="OwnSongs"/>. Only the LibraryActor writes to it; any thread may read it.</summary>
internal sealed class OwnSongsCell
{
    private volatile OwnSongs _current = OwnSongs.None;

    public OwnSongs Current
    {
        get => _current;
        set => _current = value;
    }
}

/// <summary>To the LibraryActor: report the shared songs now and after every change.</summary>
internal sealed record WatchLibrary : ILocalMessage
{
    public static readonly WatchLibrary Instance = new();
}

/// <summary>To the watchers of the library: the songs that are currently shared.</summary>
/// <param name="Songs">All shared songs.</param>
/// <param name="Touched">The songs that were added, changed or removed since the previous message; null = any song may have changed. A new
///   id does not count as a change.</param>
internal sealed record LibraryChanged(
    OwnSongs Songs, IReadOnlyCollection<ContentHash>? Touched = null) : ILocalMessage;

/// <summary>To the LibraryActor, from a TrackerSessionActor: the ids that the tracker assigned to this peer's songs.</summary>
internal sealed record RememberIds(IReadOnlyList<AssignedSong> Songs) : ILocalMessage;

/// <summary>
/// To the LibraryActor: scan the music folders. Answered by <see cref="ScanReport"/> at the end of the scan, or immediately if the path is
/// not in any of the folders.
/// </summary>
/// <param name="Path">The only file or folder to scan, as an absolute path; null = everything.</param>
internal sealed record Rescan(string? Path = null) : ILocalMessage
{
    public static readonly Rescan Instance = new();
}

/// <summary>Asks for the result of the last scan. Answered by <see cref="ScanReport"/>, now or at the end of a running scan.</summary>
internal sealed record GetScanReport : ILocalMessage
{
    public static readonly GetScanReport Instance = new();
}

/// <summary>Asks for the state of the library. Answered immediately by <see cref="LibraryStatus"/>.</summary>
internal sealed record GetLibraryStatus : ILocalMessage
{
    public static readonly GetLibraryStatus Instance = new();
}

/// <summary>The state of the library.</summary>
/// <param name="Summary">The summary of the last successful scan. While a scan is running, the number of songs is current.</param>
/// <param name="Progress">The progress of the running scan; null when no scan is running.</param>
/// <param name="IsWatched">True when the operating system reports changes in all folders.</param>
/// <param name="Failure">The reason why the last scan failed; null if it succeeded.</param>
internal sealed record LibraryStatus(LibrarySummary Summary, ScanProgressed? Progress, bool IsWatched, string? Failure)
    : ILocalMessage;

/// <summary>
/// The progress of the running scan, reported a few times a second. Sent to the LibraryActor, and published on the event stream during a
/// full scan. The progress of a sweep is published only once the sweep has read a file.
/// </summary>
internal sealed record ScanProgressed(ScanProgress Progress, TimeSpan Elapsed) : ILocalMessage;

/// <summary>Published on the event stream: a notice about the library for the user.</summary>
internal sealed record LibraryNotice(string Text) : ILocalMessage;

/// <summary>
/// The result of a scan. Also published on the event stream after a full scan, and after a failure that was not published before.
/// </summary>
/// <param name="Songs">The number of songs after the last successful scan.</param>
/// <param name="Problems">The files and folders that were left out, each with the reason.</param>
/// <param name="Failure">The reason why the scan failed or did not begin; null if it succeeded. The previously shared songs stay
///   shared.</param>
internal sealed record ScanReport(
    int Songs, IReadOnlyList<string> Problems, string? Failure = null) : ILocalMessage;
