using Akka.Actor;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Live.Feeds;

/// <summary>
/// To a live feed's actor: add the sender as a listener. Answered by <see cref="FeedChanged"/>, now and whenever there is a new chunk,
/// or by <see cref="ListenerRefused"/>. The feed watches the listener.
/// </summary>
/// <param name="Phase">
/// For a listener that needs the chunks in groups: it is notified when a group of this phase is complete
/// (<see cref="LiveGrouping.IsIncomplete"/>). Null = it is notified of each chunk.
/// </param>
internal sealed record JoinFeed(long? Phase = null) : ILocalMessage
{
    public static readonly JoinFeed Instance = new();
}

/// <summary>To a feed's listeners: the newest chunks.</summary>
internal sealed record FeedChanged(FeedSnapshot Snapshot) : ILocalMessage;

/// <summary>To a listener: the feed already has its maximum number of listeners.</summary>
internal sealed record ListenerRefused(string Reason) : ILocalMessage;

/// <summary>To the listeners: the feed is over.</summary>
internal sealed record FeedEnded : ILocalMessage
{
    public static readonly FeedEnded Instance = new();
}

/// <summary>To the listeners of a relayed feed: this peer no longer receives it, but other hosts may.</summary>
internal sealed record FeedLost(string Reason) : ILocalMessage;

/// <summary>
/// From a SongFetchActor to the LiveFeedsActor: this peer is about to play a feed. Answered by <see cref="TapFeed"/> if this peer passes it
/// on, or by <see cref="HearFromHosts"/>.
/// </summary>
internal sealed record OfferRelay(Song Song) : ILocalMessage;

/// <summary>To a SongFetchActor: join the feed at the given actor, like any other listener.</summary>
internal sealed record TapFeed(IActorRef Feed, TimeSpan Held) : ILocalMessage;

/// <summary>To a SongFetchActor: this peer does not pass the feed on.</summary>
internal sealed record HearFromHosts : ILocalMessage
{
    public static readonly HearFromHosts Instance = new();
}

/// <summary>To a FeedActor: the user has set a title. It applies until the source or the user sets a new one.</summary>
internal sealed record SetTitle(string Title) : ILocalMessage;

/// <summary>To a FeedActor: end the feed. The actor notifies its listeners and stops.</summary>
internal sealed record EndFeed : ILocalMessage
{
    public static readonly EndFeed Instance = new();
}

/// <summary>From a feed's actor to its parent: the feed can be heard from now on, or its title, bitrate or format has changed.</summary>
/// <param name="Snapshot">The newest chunks.</param>
/// <param name="Depth">The number of steps to the source; 0 = this peer is the source.</param>
internal sealed record FeedOnAir(FeedSnapshot Snapshot, uint Depth) : ILocalMessage;

/// <summary>From a feed's actor to its parent: the feed can no longer be heard, at least for now.</summary>
internal sealed record FeedOffAir(string Reason) : ILocalMessage;

/// <summary>Asks a feed's actor for its state. Answered by <see cref="FeedStatus"/>.</summary>
internal sealed record GetFeedStatus : ILocalMessage
{
    public static readonly GetFeedStatus Instance = new();
}

/// <summary>The state of a live feed, as shown to users.</summary>
/// <param name="Name">The feed's name.</param>
/// <param name="State">The state, in a few words.</param>
/// <param name="Listeners">The number of listeners.</param>
/// <param name="NowPlaying">The current title; empty = unknown.</param>
/// <param name="Skipped">How many times listeners have missed chunks because they were too slow.</param>
internal sealed record FeedStatus(string Name, string State, int Listeners, string NowPlaying, long Skipped) : ILocalMessage;

/// <summary>From a listener to its feed's actor: the listener was too slow and has missed chunks.</summary>
internal sealed record ListenerSkipped : ILocalMessage
{
    public static readonly ListenerSkipped Instance = new();
}
