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

/// <summary>A TLS handshake that failed does not end a tracker; what ends it otherwise still does.</summary>
public sealed class ShutdownHoldSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failed_handshake_ends_nothing_before_the_tracker_is_removed_or_asked_to_end(bool isRemoved)
    {
        var settings = ClusterOfTrackers.Settings();
        var system = ActorSystem.Create(ClusterHocon.SystemName, ClusterHocon.For(settings.Cluster).WithFallback(TspTransport.Hocon));
        using var ending = new CancellationTokenSource();
        try
        {
            ShutdownHold.Begin(system, ending.Token);
            // Without the hold it would be there long before the tracker is ready.
            var wentOn = new TaskCompletionSource();
            CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseServiceUnbind, "specs", () =>
            {
                wentOn.TrySetResult();
                return Task.FromResult(Done.Instance);
            });
            _ = CoordinatedShutdown.Get(system).Run(HandshakeFailed());

            var tracker = await TrackerNode.StartAsync(system, settings).WaitAsync(Patience);
            using var client = await TspClient.Connect(tracker.Address);
            await client.Send(Operation.List, 0, new ListRequest());
            Assert.Empty((await client.Expect<SongPage>(Operation.List)).Songs);
            Assert.False(tracker.IsOver);
            Assert.False(wentOn.Task.IsCompleted);

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
    public async Task Any_other_reason_ends_it_at_once()
    {
        var system = ActorSystem.Create(
            ClusterHocon.SystemName, ClusterHocon.For(ClusterOfTrackers.Settings().Cluster).WithFallback(TspTransport.Hocon));
        ShutdownHold.Begin(system, new CancellationToken(false));

        await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Patience);

        Assert.True(ShutdownHold.IsEnding(system));
    }

    // Akka's own, which it keeps to itself.
    private static CoordinatedShutdown.Reason HandshakeFailed() => (CoordinatedShutdown.Reason)Activator.CreateInstance(
        typeof(RemoteActorRefProvider).Assembly.GetType(
            "Akka.Remote.Transport.DotNetty.TlsHandshakeFailureReason", throwOnError: true)!, "specs")!;
}
