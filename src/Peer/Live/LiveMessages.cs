using System.Collections.Immutable;
using TspActors.Peer.Live.Feeds;
using TspActors.Transport;

namespace TspActors.Peer.Live;

/// <summary>To the LiveFeedsActor: start a feed. Answered by <see cref="LiveDone"/> or <see cref="LiveRefused"/>.</summary>
internal sealed record StartFeed(FeedSettings Feed) : ILocalMessage;

/// <summary>To the LiveFeedsActor: end a feed. Answered by <see cref="LiveDone"/> or <see cref="LiveRefused"/>.</summary>
internal sealed record StopFeed(string Name) : ILocalMessage;

/// <summary>To the LiveFeedsActor: set a feed's title. Answered by <see cref="LiveDone"/> or <see cref="LiveRefused"/>.</summary>
internal sealed record SetFeedTitle(string Name, string Title) : ILocalMessage;

/// <summary>
/// To the LiveFeedsActor: make a station skip to its next song. Answered by <see cref="LiveDone"/> or <see cref="LiveRefused"/>.
/// </summary>
internal sealed record SkipFeedSong(string Name) : ILocalMessage;

/// <summary>To the LiveFeedsActor: set whether this peer passes on the feeds that it plays. Answered by <see cref="LiveDone"/>.</summary>
internal sealed record SetRelay(bool On) : ILocalMessage;

/// <summary>Asks the LiveFeedsActor for this peer's feeds. Answered by <see cref="LiveFeeds"/>.</summary>
internal sealed record GetLiveFeeds : ILocalMessage
{
    public static readonly GetLiveFeeds Instance = new();
}

/// <summary>The command was carried out. <paramref name="Text"/> is shown to the user.</summary>
internal sealed record LiveDone(string Text) : ILocalMessage;

/// <summary>The command was not carried out. <paramref name="Reason"/> is shown to the user.</summary>
internal sealed record LiveRefused(string Reason) : ILocalMessage;

/// <summary>The feeds that this peer makes or passes on.</summary>
/// <param name="Feeds">The peer's own feeds by name, then the relayed ones.</param>
/// <param name="Relays">Whether this peer passes on the feeds that it plays.</param>
internal sealed record LiveFeeds(ImmutableArray<FeedStatus> Feeds, bool Relays) : ILocalMessage;
