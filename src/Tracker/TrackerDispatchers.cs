using Akka.Actor;
using Akka.Configuration;

namespace TspActors.Tracker;

/// <summary>
/// Dispatchers with their own threads for the actors that process shares, change the catalog or search it, so that a request that only
/// reads the catalog does not wait for a large share or a search.
/// </summary>
internal static class TrackerDispatchers
{
    /// <summary>The single writer's own thread, so that the writer does not compete with thousands of peers that send frames.</summary>
    public const string Writer = "tsp-writer-dispatcher";

    /// <summary>The threads on which PeerActors process shares and send frames.</summary>
    public const string Peers = "tsp-peers-dispatcher";

    /// <summary>The threads that search the catalog.</summary>
    public const string Search = "tsp-search-dispatcher";

    private static readonly Config Settings = ConfigurationFactory.ParseString($$"""
        {{Writer}} {
          type = PinnedDispatcher
        }
        {{Search}} {
          type = ForkJoinDispatcher
          throughput = 1
          dedicated-thread-pool {
            thread-count = {{Math.Max(1, Environment.ProcessorCount / 2)}}
            threadtype = background
          }
        }
        {{Peers}} {
          type = ForkJoinDispatcher
          throughput = 10
          dedicated-thread-pool {
            thread-count = 2
            threadtype = background
          }
        }
        """);

    /// <summary>Adds the dispatchers to an actor system. Call it before you create the first actor that uses them.</summary>
    public static void AddTo(ActorSystem system) => system.Settings.InjectTopLevelFallback(Settings);
}
