using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using TspActors.Tracker.AkkaInternals;
using TspActors.Tracker.Ids;

namespace TspActors.Tracker.Clustering;

/// <summary>
/// Thrown when this tracker loses its membership in the cluster, or its actor system shuts down, before the tracker is ready.
/// </summary>
public sealed class RemovedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public RemovedException()
        : base("this tracker is no longer in its cluster")
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public RemovedException(Exception cause)
        : base("this tracker is no longer in its cluster", cause)
    {
    }
}

/// <summary>
/// Joins this tracker to its cluster, announces where peers reach this tracker, and reports when it is no longer a member.
/// </summary>
internal sealed class ClusterNode
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(1);

    private readonly ActorSystem _system;
    private readonly ClusterSettings _settings;
    private readonly SharedSettings _shared;
    private readonly ClusterCallers _callers;
    private readonly TaskCompletionSource _complete;
    private readonly TaskCompletionSource _ended;

    private ClusterNode(
        ActorSystem system, ClusterSettings settings, SharedSettings shared, ClusterActors actors, PublishedStanding standing,
        ClusterCallers callers, TaskCompletionSource complete, TaskCompletionSource ended)
    {
        (_system, _settings, _shared, Actors, Standing, _callers, _complete, _ended) =
            (system, settings, shared, actors, standing, callers, complete, ended);
        Cluster.Get(system).RegisterOnMemberRemoved(() => ended.TrySetResult());
    }

    /// <summary>The actors that the TrackerActor uses.</summary>
    public ClusterActors Actors { get; }

    /// <summary>This tracker's standing in the cluster.</summary>
    public PublishedStanding Standing { get; }

    /// <summary>
    /// Completes when this tracker is no longer a member: it has left, the others have removed it, or it has given up its membership. Fails
    /// with a <see cref="ClusterMismatchException"/> if its settings do not allow it to be a member.
    /// </summary>
    public Task Ended => _ended.Task;

    /// <summary>True when this tracker is no longer a member, or its actor system is shutting down.</summary>
    public bool IsOver => Ended.IsCompleted || ShutdownHold.IsEnding(_system);

    /// <summary>The host:port for other trackers, with the port that was actually opened.</summary>
    public Address Address => Cluster.Get(_system).SelfAddress;

    /// <summary>Starts the actors. <see cref="JoinAsync"/> then joins the cluster.</summary>
    /// <param name="system">An actor system with the settings of <see cref="ClusterHocon"/>.</param>
    /// <param name="settings">The tracker's settings.</param>
    /// <param name="memory">The tracker's memory of song ids.</param>
    /// <param name="changed">Called with each new standing.</param>
    /// <param name="ending">Cancels the wait.</param>
    public static async Task<ClusterNode> StartAsync(
        ActorSystem system, TrackerSettings settings, IdMemory memory, Action<ClusterStanding>? changed, CancellationToken ending)
    {
        // Distributed data must run on every tracker, not only on the one with the allocator.
        Akka.DistributedData.DistributedData.Get(system);
        var shared = SharedSettings.Of(settings);
        var standing = new PublishedStanding(ClusterStanding.Outside, changed);
        var callers = new ClusterCallers();
        var complete = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cluster = system.ActorOf(
            ClusterActor.Props(settings.Cluster, shared, memory, standing, callers, complete, ended), ClusterPaths.Cluster);
        var actors = await cluster.Ask<ClusterActors>(GetClusterActors.Instance, AskTimeout, ending).ConfigureAwait(false);
        return new ClusterNode(system, settings.Cluster, shared, actors, standing, callers, complete, ended);
    }

    /// <summary>
    /// Joins the cluster, and waits for the other trackers' songs. The wait ends when nothing has arrived for the duration of the join
    /// timeout; songs that are still missing are added when they arrive.
    /// </summary>
    /// <param name="begin">Whether this tracker may start a new cluster if it is the first seed node and no other seed node replies. It
    ///   must not do so after it has been removed, or there could be two clusters.</param>
    /// <param name="ending">Cancels the wait.</param>
    /// <exception cref="RemovedException">This tracker is no longer a member, or its actor system is shutting down.</exception>
    /// <exception cref="ClusterMismatchException">A setting differs from the other trackers'.</exception>
    public async Task JoinAsync(bool begin, CancellationToken ending)
    {
        var cluster = Cluster.Get(_system);
        var seeds = _settings.SeedAddresses(cluster.SelfAddress).ToList();
        try
        {
            if (seeds.Count == 1 && _settings.ExpectedSize == 0)
                _system.Log.Warning(
                    "{0} is the only seed node: if it is restarted while the others are running, it forms a cluster of its own for a few seconds. Name all trackers in tsp.tracker.cluster.seed-nodes",
                    TrackerText.Of(seeds[0]));
            if (seeds.Count == 0 && begin)
                await (await Task.WhenAny(cluster.JoinAsync(cluster.SelfAddress, ending),
                    _ended.Task).ConfigureAwait(false)).ConfigureAwait(false);
            else
                await new SeedNodes(_system, seeds, _callers, _settings.ExpectedSize, _shared)
                    .JoinAsync(begin, ended: _ended.Task, ending).ConfigureAwait(false);
        }
        catch (ClusterJoinFailedException error)
        {
            // The actor system has begun to shut down.
            throw new RemovedException(error);
        }

        await new ProgressWait(() => Standing.Progress, _settings.JoinTimeout, TimeProvider.System)
            .UntilAsync(Task.WhenAny(_complete.Task, _ended.Task), ending).ConfigureAwait(false);
        if (_ended.Task.IsFaulted)
            await _ended.Task.ConfigureAwait(false);
        if (IsOver)
            throw new RemovedException();
    }

    /// <summary>Announces to the other trackers where peers reach this one.</summary>
    public void Announce(string publicAddress) => Actors.Replicator.Tell(new AnnounceAddress(publicAddress));

    /// <summary>Announces to the other trackers that this one is shutting down, so that they send no more peers here.</summary>
    public async Task DrainAsync()
    {
        try
        {
            await Actors.Replicator.Ask<AnnounceDraining>(AnnounceDraining.Instance, DrainTimeout).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            _system.Log.Warning("could not inform the other trackers that this one is shutting down; they will notice when it is gone");
        }
    }
}
