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

    private static readonly string Threads = typeof(SleepingThreads.Configurator).AssemblyQualifiedName!;

    private static readonly Config Settings = ConfigurationFactory.ParseString($$"""
        {{Writer}} {
          type = Dispatcher
          executor = "{{Threads}}"
          threads = 1
          throughput = 100
        }
        {{Search}} {
          type = Dispatcher
          executor = "{{Threads}}"
          threads = {{Math.Max(1, Environment.ProcessorCount / 2)}}
          throughput = 1
        }
        {{Peers}} {
          type = Dispatcher
          executor = "{{Threads}}"
          threads = 2
          throughput = 10
        }
        """);

    /// <summary>Adds the dispatchers to an actor system. Call it before you create the first actor that uses them.</summary>
    public static void AddTo(ActorSystem system) => system.Settings.InjectTopLevelFallback(Settings);
}
