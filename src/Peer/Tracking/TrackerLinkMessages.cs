using System.Net;
using Akka.Actor;
using TspActors.Protocol;
using TspActors.Transport;
using Error = TspActors.Protocol.Error;

namespace TspActors.Peer.Tracking;

// Requests to the TrackerLinkActor. Each is answered by the message named in its comment, if any. The first three can also be answered by
// TrackerRefused or TrackerUnavailable.

/// <summary>Asks for one page of the catalog. Answered by <see cref="SongPage"/>.</summary>
internal sealed record ListSongs(string Query = "", int Cursor = 0, uint Limit = 1000) : ILocalMessage;

/// <summary>
/// Asks for one song or, with <paramref name="Limit"/>, for a page of the songs after <paramref name="Id"/>. Answered by
/// <see cref="SongInfoPage"/>.
/// </summary>
internal sealed record DescribeSongs(int Id, uint Limit = 0) : ILocalMessage;

/// <summary>Asks which peers host a song. Answered by <see cref="PlayGrant"/>.</summary>
internal sealed record FindHosts(int Id) : ILocalMessage;

/// <summary>
/// Asks for the titles that begin with the given text, ignoring case, among the songs that the tracker has named before. Answered
/// immediately by <see cref="Titles"/>.
/// </summary>
internal sealed record FindKnownTitles(string Beginning, int Most) : ILocalMessage;

/// <summary>The titles, sorted and without duplicates.</summary>
internal sealed record Titles(IReadOnlyList<string> Fitting) : ILocalMessage;

/// <summary>Says whether this peer passes live feeds on. Trackers learn of it at the next registration.</summary>
internal sealed record PassFeedsOn(bool On) : ILocalMessage;

/// <summary>Asks for the state of the tracker link. Answered immediately by <see cref="LinkStatus"/>.</summary>
internal sealed record GetLinkStatus : ILocalMessage
{
    public static readonly GetLinkStatus Instance = new();
}

/// <summary>
/// Asks for a reply as soon as everything this peer shares has an id or a refusal, the tracker is not accepting songs for now, or no
/// tracker is left to try. Answered by <see cref="LinkStatus"/>.
/// </summary>
internal sealed record AwaitShare : ILocalMessage
{
    public static readonly AwaitShare Instance = new();
}

/// <summary>The tracker replied with an error.</summary>
internal sealed record TrackerRefused(Error Error) : ILocalMessage;

/// <summary>No tracker was available, or the tracker did not reply. <paramref name="Reason"/> is human-readable.</summary>
internal sealed record TrackerUnavailable(string Reason) : ILocalMessage;

/// <summary>The state of the tracker link. It is also published on the event stream when it changes.</summary>
/// <param name="Connected">True when this peer is registered at a tracker.</param>
/// <param name="Tracker">The connected tracker, or the last one tried.</param>
/// <param name="Detail">The tracker's name, or a human-readable description of the failure.</param>
/// <param name="SongsInCatalog">The number of songs in the tracker's catalog when the tracker last listed all of them; null = not known
///   yet.</param>
/// <param name="SongsRefused">The number of this peer's songs that the tracker did not accept.</param>
/// <param name="Final">True when the link has given up because every configured tracker has refused this peer, for example because of its
///   access key.</param>
/// <param name="PortReachable">Whether the tracker could connect to this peer's port; null = unknown.</param>
/// <param name="ListedAt">The address and port that the tracker lists for this peer as a host; null = unknown.</param>
/// <param name="ObservedAddress">This peer's address as the tracker sees it; null = unknown.</param>
/// <param name="IsCalledBack">Whether this peer connects to requesters that cannot connect to it.</param>
/// <param name="TrackerKey">The connected tracker's key, proven over TLS; null = the connection is plain, or there is none.</param>
internal sealed record LinkStatus(
    bool Connected, TrackerAddress Tracker, string Detail, int? SongsInCatalog, int SongsRefused, bool Final = false,
    bool? PortReachable = null, TrackerAddress? ListedAt = null, IPAddress? ObservedAddress = null, bool IsCalledBack = false,
    KeyId? TrackerKey = null) : ILocalMessage;

/// <summary>Published on the event stream once per tracker: this tracker has refused the peer, and the link is trying others.</summary>
internal sealed record RefusalNotice(TrackerAddress Tracker, string Reason) : ILocalMessage;

/// <summary>Published when a tracker did not prove who it is. The human-readable reason names the tracker.</summary>
internal sealed record TrustNotice(string Reason) : ILocalMessage;

// Other messages.

/// <summary>
/// Published by the link when it registers, because a new tracker does not know this host's load. Answered by <see cref="ReportLoad"/>.
/// </summary>
internal sealed record LoadWanted : ILocalMessage
{
    public static readonly LoadWanted Instance = new();
}

/// <summary>From the HostingActor, on the event stream: this host's load. The link sends it to the tracker at most once a second.</summary>
internal sealed record ReportLoad(int Active, int Max) : ILocalMessage;

/// <summary>
/// To the TrackerLinkActor: others should connect to this port, because the router now forwards it to this peer, or no longer forwards
/// a different one.
/// </summary>
internal sealed record ReachableAt(int Port) : ILocalMessage;

/// <summary>To the TrackerLinkActor: the peer is stopping. Answered by <see cref="Left"/> once the tracker has been informed.</summary>
internal sealed record Leave : ILocalMessage
{
    public static readonly Leave Instance = new();
}

/// <summary>The link has closed.</summary>
internal sealed record Left : ILocalMessage
{
    public static readonly Left Instance = new();
}
