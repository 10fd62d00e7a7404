using Akka.Actor;

namespace TspActors.Peer.Live.Feeds;

/// <summary>Creates the sources that run as children of a feed's actor.</summary>
/// <param name="MakeMain">Returns a feed's source; null if a program connects to this peer instead.</param>
/// <param name="MakeFallback">Returns the source that is heard while the main one sends nothing; null if there is none.</param>
internal sealed record FeedSources(Func<FeedSettings, Props?> MakeMain, Func<FeedSettings, Props?> MakeFallback)
{
    /// <summary>The prefix of a fallback actor's name.</summary>
    public const string FallbackName = "fallback";
}
