using Akka;
using Akka.Actor;
using Akka.Cluster;

namespace TspActors.Tracker.Clustering;

/// <summary>Keeps an actor system alive whose TLS handshake with another tracker failed.</summary>
/// <remarks>
/// Akka begins the end of an actor system as soon as one handshake fails that it began itself. But a tracker also calls those that have been given a wrong certificate, or that
/// are killed while they answer; each of them would end every other one. So that end is held up in its first phase until there is a reason for one.
/// </remarks>
internal static class ShutdownHold
{
    /// <summary>The phase that is held up, which nothing else uses; its time-out must not end the hold.</summary>
    public const string Phase = CoordinatedShutdown.PhaseBeforeServiceUnbind;

    // It is internal to Akka.
    private const string HandshakeFailed = "TlsHandshakeFailureReason";

    /// <summary>From now on such a failure does not end the actor system.</summary>
    /// <param name="system">That of a tracker of a cluster.</param>
    /// <param name="ending">Must end when the actor system is to end: it does not before, unless it is no member any more.</param>
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

    /// <summary>True when the actor system ends, or is going to, for a reason that is one.</summary>
    public static bool IsEnding(ActorSystem system) =>
        system.WhenTerminated.IsCompleted || (CoordinatedShutdown.Get(system).ShutdownReason is { } reason && !IsHandshakeFailure(reason));

    private static bool IsHandshakeFailure(CoordinatedShutdown.Reason reason) => reason.GetType().Name == HandshakeFailed;
}
