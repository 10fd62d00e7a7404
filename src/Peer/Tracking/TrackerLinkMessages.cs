using Akka.Actor;
using TspActors.Protocol;
using TspActors.Transport;
using Error = TspActors.Protocol.Error;

namespace TspActors.Peer.Tracking;

// Questions to the TrackerLinkActor. Each gets the reply named, or TrackerRefused, or TrackerUnavailable.

/// <summary>One page of the catalog. Answered by <see cref="SongPage"/>.</summary>
internal sealed record ListSongs(string Query = "", int Cursor = 0, uint Limit = 1000) : ILocalMessage;

/// <summary>
/// One song, or with <paramref name="Limit"/> a page of all after <paramref name="Id"/>. Answered by <see cref="SongInfoPage"/>.
/// </summary>
internal sealed record DescribeSongs(int Id, uint Limit = 0) : ILocalMessage;

/// <summary>Who hosts a song. Answered by <see cref="PlayGrant"/>.</summary>
internal sealed record FindHosts(int Id) : ILocalMessage;

/// <summary>
/// Titles of the local copy of the catalog that begin with a text, in any case. Answered by <see cref="Titles"/> at once.
/// </summary>
internal sealed record FindTitles(string Beginning, int Most) : ILocalMessage;

/// <summary>Titles in order, each once.</summary>
internal sealed record Titles(IReadOnlyList<string> Fitting) : ILocalMessage;

/// <summary>How things stand. Answered by <see cref="LinkStatus"/> at once.</summary>
internal sealed record GetLinkStatus : ILocalMessage
{
    public static readonly GetLinkStatus Instance = new();
}

/// <summary>
/// Answered by <see cref="LinkStatus"/> when everything this peer shares has an id or a refusal, or as soon as no tracker is connected.
/// </summary>
internal sealed record AwaitShare : ILocalMessage
{
    public static readonly AwaitShare Instance = new();
}

/// <summary>The tracker replied with an error.</summary>
internal sealed record TrackerRefused(Error Error) : ILocalMessage;

/// <summary>No tracker could be asked; <paramref name="Reason"/> is for people.</summary>
internal sealed record TrackerUnavailable(string Reason) : ILocalMessage;

/// <summary>The state of the link to the tracker; also published on the event stream when it changes.</summary>
/// <param name="Connected">Registered at a tracker.</param>
/// <param name="Tracker">The tracker that is connected or was tried last.</param>
/// <param name="Detail">For people: the tracker's name, or what went wrong.</param>
/// <param name="SongsInCatalog">Songs in the local copy.</param>
/// <param name="SongsRefused">Songs of this peer that the tracker did not take.</param>
/// <param name="Final">It will not be tried again: somebody else uses this peer's id, or every tracker has refused it (for its access key,
///   say).</param>
/// <param name="PortReachable">Whether the tracker could connect to this peer's port; null = not known.</param>
internal sealed record LinkStatus(
    bool Connected, TrackerAddress Tracker, string Detail, int SongsInCatalog, int SongsRefused, bool Final = false,
    bool? PortReachable = null)
    : ILocalMessage;

/// <summary>Published on the event stream once per tracker: it refused this peer, and the link tries others.</summary>
internal sealed record RefusalNotice(TrackerAddress Tracker, string Reason) : ILocalMessage;

// Commands.

/// <summary>
/// Published by the link when it is registered: a tracker knows nothing of how busy this host is. Answered by <see cref="ReportLoad"/>.
/// </summary>
internal sealed record LoadWanted : ILocalMessage
{
    public static readonly LoadWanted Instance = new();
}

/// <summary>From the hosting, on the event stream: how busy this host is. The tracker hears of it at most once a second.</summary>
internal sealed record ReportLoad(int Active, int Max) : ILocalMessage;

/// <summary>The peer stops: withdraw everything. Answered by <see cref="Left"/> when the tracker knows.</summary>
internal sealed record Leave : ILocalMessage
{
    public static readonly Leave Instance = new();
}

/// <summary>The link has closed.</summary>
internal sealed record Left : ILocalMessage
{
    public static readonly Left Instance = new();
}
