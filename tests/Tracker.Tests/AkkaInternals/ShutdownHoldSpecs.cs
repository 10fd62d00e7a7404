using Akka;
using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using TspActors.Protocol;
using TspActors.Tracker.AkkaInternals;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Tests.Clustering;
using TspActors.Transport;

namespace TspActors.Tracker.Tests.AkkaInternals;

/// <summary>Checks that a failed TLS handshake does not stop a tracker, and that other reasons for a shutdown still do.</summary>
public sealed class ShutdownHoldSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_failed_handshake_the_tracker_keeps_running_until_it_is_removed_or_asked_to_stop(bool isRemoved)
    {
        var settings = ClusterOfTrackers.Settings();
        var system = ActorSystem.Create(ClusterHocon.SystemName, ClusterHocon.For(settings.Cluster).WithFallback(TspTransport.Hocon));
        using var ending = new CancellationTokenSource();
        try
        {
            ShutdownHold.Begin(system, ending.Token);
            // Without the hold, the shutdown would reach this phase long before the tracker is ready.
            var reachedPhase = new TaskCompletionSource();
            CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseServiceUnbind, "specs", () =>
            {
                reachedPhase.TrySetResult();
                return Task.FromResult(Done.Instance);
            });
            _ = CoordinatedShutdown.Get(system).Run(HandshakeFailed());

            var tracker = await TrackerNode.StartAsync(system, settings).WaitAsync(Patience);
            using var client = await RawTspClient.Connect(tracker.Address);
            await client.Send(Operation.List, 0, new ListRequest());
            Assert.Empty((await client.Expect<SongPage>(Operation.List)).Songs);
            Assert.False(tracker.IsOver);
            Assert.False(reachedPhase.Task.IsCompleted);

            if (isRemoved)
                Cluster.Get(system).Down(Cluster.Get(system).SelfAddress);
            else
                await ending.CancelAsync();
            await system.WhenTerminated.WaitAsync(Patience);

            Assert.True(tracker.IsOver);
        }
        finally
        {
            await ending.CancelAsync();
            await system.Terminate();
        }
    }

    [Fact]
    public async Task Another_reason_shuts_the_system_down_immediately()
    {
        var system = ActorSystem.Create(
            ClusterHocon.SystemName, ClusterHocon.For(ClusterOfTrackers.Settings().Cluster).WithFallback(TspTransport.Hocon));
        ShutdownHold.Begin(system, new CancellationToken(false));

        await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Patience);

        Assert.True(ShutdownHold.IsEnding(system));
    }

    // Akka keeps this type internal.
    private static CoordinatedShutdown.Reason HandshakeFailed() => (CoordinatedShutdown.Reason)Activator.CreateInstance(
        typeof(RemoteActorRefProvider).Assembly.GetType(
            "Akka.Remote.Transport.DotNetty.TlsHandshakeFailureReason", throwOnError: true)!, "specs")!;
}
