using Akka;
using Akka.Actor;
using Akka.Cluster;

namespace TspActors.Tracker.AkkaInternals;

/// <summary>Keeps an actor system alive after a TLS handshake with another tracker has failed.</summary>
/// <remarks>
/// When an actor system starts a TLS handshake and the handshake fails, Akka immediately shuts that system down. However, a tracker also
/// connects to trackers that have an invalid certificate or are killed during the handshake, and a single such tracker would take down all
/// the others. The shutdown therefore waits in its first phase until there is a genuine reason to shut down.
/// </remarks>
internal static class ShutdownHold
{
    /// <summary>The phase in which the shutdown waits. Nothing else uses it, and its timeout must be longer than any wait.</summary>
    public const string Phase = CoordinatedShutdown.PhaseBeforeServiceUnbind;

    /// <summary>The type name of Akka's shutdown reason after a failed handshake. The type is internal to Akka.Remote.</summary>
    internal const string HandshakeFailed = "TlsHandshakeFailureReason";

    /// <summary>Makes the actor system survive failed handshakes from now on.</summary>
    /// <param name="system">The actor system of a tracker in a cluster.</param>
    /// <param name="ending">Cancelled to let the actor system terminate. The wait also ends when the tracker is no longer a member.</param>
    public static void Begin(ActorSystem system, CancellationToken ending)
    {
        var shutdown = CoordinatedShutdown.Get(system);
        var removed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Cluster.Get(system).RegisterOnMemberRemoved(() => removed.TrySetResult());
        shutdown.AddTask(Phase, "hold", async () =>
        {
            if (IsHandshakeFailure(shutdown.ShutdownReason))
                await Task.WhenAny(removed.Task, Task.Delay(Timeout.Infinite, ending)).ConfigureAwait(false);
            return Done.Instance;
        });
    }

    /// <summary>Returns true if the actor system has terminated or is shutting down for a reason other than a failed handshake.</summary>
    public static bool IsEnding(ActorSystem system) =>
        system.WhenTerminated.IsCompleted || (CoordinatedShutdown.Get(system).ShutdownReason is { } reason && !IsHandshakeFailure(reason));

    private static bool IsHandshakeFailure(CoordinatedShutdown.Reason reason) => reason.GetType().Name == HandshakeFailed;
}
