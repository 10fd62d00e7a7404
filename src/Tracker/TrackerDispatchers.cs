using Akka.Actor;
using Akka.Configuration;

namespace TspActors.Tracker;

/// <summary>Threads of their own for what changes the catalog and for what searches it, so that whoever only reads it never waits for a thread behind a large share or a search.</summary>
internal static class TrackerDispatchers
{
    /// <summary>The one writer's own thread: it does not wait behind ten thousand peers that have something to send.</summary>
    public const string Writer = "tsp-writer-dispatcher";

    /// <summary>Where peers' actors make ready what is shared, and send.</summary>
    public const string Peers = "tsp-peers-dispatcher";

    /// <summary>Where the catalog is searched.</summary>
    public const string Search = "tsp-search-dispatcher";

    /// <summary>The writer's mailbox.</summary>
    public const string JoinsFirst = "tsp-writer-mailbox";

    private static readonly Config Settings = ConfigurationFactory.ParseString($$"""
        {{Writer}} {
          type = PinnedDispatcher
        }
        {{JoinsFirst}} {
          mailbox-type = "{{typeof(JoinsFirstMailbox).AssemblyQualifiedName}}"
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

    /// <summary>Makes them known to a system; must be done before the first actor that uses them.</summary>
    public static void AddTo(ActorSystem system) => system.Settings.InjectTopLevelFallback(Settings);
}
