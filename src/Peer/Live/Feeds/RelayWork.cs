using Akka.Actor;
using TspActors.Peer.Listening;

namespace TspActors.Peer.Live.Feeds;

/// <summary>The settings, identity and actors that this peer needs to pass on other peers' feeds.</summary>
/// <param name="Live">The live feed settings.</param>
/// <param name="Listening">The deadlines for fetches.</param>
/// <param name="Requester">How this peer identifies itself to hosts.</param>
/// <param name="Own">How this peer reaches its own host.</param>
/// <param name="TrackerLink">The TrackerLinkActor, which knows the hosts.</param>
internal sealed record RelayWork(
    LiveSettings Live, ListeningSettings Listening, Requester Requester, OwnHost? Own, IActorRef TrackerLink)
{
    /// <summary>How long a relay keeps running without a listener, in case the next one is on its way.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(30);
}
