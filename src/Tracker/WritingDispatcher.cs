using Akka.Actor;
using Akka.Configuration;

namespace TspActors.Tracker;

/// <summary>Threads of their own for what changes the catalog, so that whoever only reads it never waits for a thread behind a large share.</summary>
internal static class WritingDispatcher
{
    public const string Id = "tsp-writing-dispatcher";

    private static readonly Config Settings = ConfigurationFactory.ParseString($$"""
        {{Id}} {
          type = ForkJoinDispatcher
          throughput = 10
          dedicated-thread-pool {
            thread-count = 2
            threadtype = background
          }
        }
        """);

    /// <summary>Makes it known to a system; must be done before the first actor that uses it.</summary>
    public static void AddTo(ActorSystem system) => system.Settings.InjectTopLevelFallback(Settings);
}
