using Akka.Actor;
using Akka.Configuration;

namespace TspActors.Tracker;

/// <summary>
/// Separate threads for changing and for searching the catalog, so that a request that only reads it never waits behind a large share or a
/// search.
/// </summary>
internal static class TrackerDispatchers
{
    /// <summary>The single writer's own thread, so that it does not compete with ten thousand peers that send something.</summary>
    public const string Writer = "tsp-writer-dispatcher";

    /// <summary>Where PeerActors encode what their peers share, and send.</summary>
    public const string Peers = "tsp-peers-dispatcher";

    /// <summary>Where the catalog is searched.</summary>
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

    /// <summary>Adds the dispatchers to a system. Call it before the first actor that uses them is created.</summary>
    public static void AddTo(ActorSystem system) => system.Settings.InjectTopLevelFallback(Settings);
}
