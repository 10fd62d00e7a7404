using Akka.Actor;
using TspActors.Gateway.Media;
using TspActors.Gateway.Swarm;

namespace TspActors.Gateway.Tests.Media;

public sealed class SongFetchSpecs : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ActorSystem _system = ActorSystem.Create("fetch");

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _system.Terminate();

    [Fact]
    public async Task A_song_that_is_longer_than_the_catalog_says_releases_its_host()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var host = new FakePeerPlan(MediaBench.Bytes(300_001)) { Gate = gate.Task };
        var plan = new SongFetchPlan(200_000, 0, 100, Patience);
        var fetch = new SongFetch(plan, TimeProvider.System, (_, _) => { }, ended.SetResult);
        await fetch.RunAsync(_system.ActorOf(Props.Create(() => new FakePeer(host))), 7, Patience);
        gate.SetResult();

        await ended.Task.WaitAsync(Patience);
        await host.Stopped.Task.WaitAsync(Patience);
        Assert.Equal(FetchFaultKind.HostsFailed, fetch.Fault!.Kind);
    }
}
