using Akka.Actor;
using TspActors.Gateway.Swarm;
using TspActors.Transport;

namespace TspActors.Gateway.Library;

/// <summary>Follows the peer's catalog. Nothing else writes to the library or the live feeds.</summary>
internal sealed class CatalogFollowerActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly MusicLibrary _library;
    private readonly LiveFeeds _feeds;
    private readonly IActorRef _peer;

    public CatalogFollowerActor(MusicLibrary library, LiveFeeds feeds, IActorRef peer) =>
        (_library, _feeds, _peer) = (library, feeds, peer);

    /// <param name="library">The library to write to.</param>
    /// <param name="feeds">The live feeds to write to.</param>
    /// <param name="peer">The peer's actor.</param>
    public static Props Props(MusicLibrary library, LiveFeeds feeds, IActorRef peer) =>
        Akka.Actor.Props.Create(() => new CatalogFollowerActor(library, feeds, peer));

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _peer.Tell(new FollowCatalog(Self));
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TickInterval);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case CatalogListed listed:
                _feeds.Listed(listed.Songs, listed.IsFirst, listed.IsLast);
                _library.Listed(listed.Songs, listed.IsFirst, listed.IsLast);
                Sender.Tell(CatalogApplied.Instance);
                break;
            case CatalogChanged changed:
                _feeds.Changed(changed.Changed, changed.Removed);
                _library.Changed(changed.Changed, changed.Removed);
                Sender.Tell(CatalogApplied.Instance);
                break;
            case SwarmLink link:
                _library.Linked(link);
                break;
            case Tick:
                _library.Tick();
                break;
        }
    }

    private sealed record Tick : ILocalMessage, Akka.Event.IDeadLetterSuppression
    {
        public static readonly Tick Instance = new();
    }
}
