using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using TspActors.Media.Library;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Library;

/// <summary>A song in this peer's folders, as the hosting and the tracker link need it.</summary>
/// <param name="Id">The id it has at the tracker; 0 = none yet.</param>
/// <param name="File">Where its payload is.</param>
/// <param name="Receipt">What came with the id; empty = nothing did.</param>
internal sealed record OwnSong(int Id, SongFile File, IdReceipt Receipt = default)
{
    /// <summary>Returns the wire form for the tracker.</summary>
    public SharedSong ToShared() => new()
    {
        ContentHash = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(File.Hash.ToArray()),
        Tags = File.Tags,
        Format = File.Format,
        LastId = Id,
        Receipt = Id > 0 ? Receipt.ToByteString() : Google.Protobuf.ByteString.Empty,
    };

    /// <summary>Returns the wire form for a requester.</summary>
    public Song ToSong() => new()
    {
        Id = Id,
        ContentHash = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(File.Hash.ToArray()),
        Tags = File.Tags,
        Format = File.Format,
    };
}

/// <summary>The songs this peer shares, at one moment.</summary>
internal sealed record OwnSongs(ImmutableDictionary<ContentHash, OwnSong> ByHash, ImmutableDictionary<int, ContentHash> ById)
{
    public static readonly OwnSongs None = new(
        ImmutableDictionary<ContentHash, OwnSong>.Empty, ImmutableDictionary<int, ContentHash>.Empty);

    public OwnSong? Find(int id) => ById.TryGetValue(id, out var hash) ? ByHash.GetValueOrDefault(hash) : null;
}

/// <summary>Where the newest <see cref="OwnSongs"/> are found: the LibraryActor writes it, everyone reads it at any time.</summary>
internal sealed class OwnSongsCell
{
    private volatile OwnSongs _current = OwnSongs.None;

    public OwnSongs Current
    {
        get => _current;
        set => _current = value;
    }
}

/// <summary>To the LibraryActor: report what is shared, now and after every change.</summary>
internal sealed record WatchLibrary : ILocalMessage
{
    public static readonly WatchLibrary Instance = new();
}

/// <summary>To the watchers: what is shared now.</summary>
/// <param name="Songs">All of it.</param>
/// <param name="Touched">What may be different since the message before; null = anything.</param>
internal sealed record LibraryChanged(
    OwnSongs Songs, IReadOnlyCollection<ContentHash>? Touched = null) : ILocalMessage, IDeadLetterSuppression;

/// <summary>From the tracker link: the ids that the tracker gave to songs of this peer.</summary>
internal sealed record RememberIds(IReadOnlyList<AssignedSong> Songs) : ILocalMessage;

/// <summary>Look through the music folders again. Answered by <see cref="ScanReport"/> when it is done.</summary>
/// <param name="Path">Only this file or folder, absolute; null = everything.</param>
internal sealed record Rescan(string? Path = null) : ILocalMessage
{
    public static readonly Rescan Instance = new();
}

/// <summary>How the last scan ended. Answered by <see cref="ScanReport"/> at once; while one runs, when it is done.</summary>
internal sealed record GetScanReport : ILocalMessage
{
    public static readonly GetScanReport Instance = new();
}

/// <summary>What there is and what goes on. Answered by <see cref="LibraryStatus"/> at once.</summary>
internal sealed record GetLibraryStatus : ILocalMessage
{
    public static readonly GetLibraryStatus Instance = new();
}

/// <summary>The state of the library.</summary>
/// <param name="Summary">What the last scan or look counted.</param>
/// <param name="Progress">How far the one that runs is; null when none does.</param>
/// <param name="IsWatched">Whether changes in all folders are told by the operating system.</param>
/// <param name="Failure">Why the last one failed; null when it did not.</param>
internal sealed record LibraryStatus(LibrarySummary Summary, ScanProgressed? Progress, bool IsWatched, string? Failure)
    : ILocalMessage;

/// <summary>Published on the event stream a few times a second while a scan runs.</summary>
internal sealed record ScanProgressed(ScanProgress Progress, TimeSpan Elapsed) : ILocalMessage, IDeadLetterSuppression;

/// <summary>Published on the event stream: a notice about the library for people.</summary>
internal sealed record LibraryNotice(string Text) : ILocalMessage, IDeadLetterSuppression;

/// <summary>The result of a scan; also published on the event stream.</summary>
/// <param name="Songs">Songs that are shared now.</param>
/// <param name="Problems">Files and folders that were left out, and why.</param>
/// <param name="Failure">Set when the scan itself failed; what was shared before still is.</param>
internal sealed record ScanReport(
    int Songs, IReadOnlyList<string> Problems, string? Failure = null) : ILocalMessage, IDeadLetterSuppression;
