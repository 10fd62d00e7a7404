using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace TspActors.Tracker.Clustering;

/// <summary>The cluster has gone on without this tracker, or it gave itself up, before it was ready.</summary>
public sealed class RemovedException : Exception
{
    /// <summary>It has.</summary>
    public RemovedException()
        : base("the cluster has gone on without this tracker")
    {
    }

    /// <summary>It has, which was seen by what failed.</summary>
    public RemovedException(Exception cause)
        : base("the cluster has gone on without this tracker", cause)
    {
    }
}

/// <summary>This tracker as a member of its cluster: joins, says where peers reach it, tells when the cluster has gone on without it.</summary>
internal sealed class ClusterNode
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(1);

    private readonly ActorSystem _system;
    private readonly ClusterSettings _settings;
    private readonly TaskCompletionSource _complete;
    private readonly TaskCompletionSource _ended;

    private ClusterNode(ActorSystem system, ClusterSettings settings, ClusterActors actors, PublishedStanding standing, TaskCompletionSource complete, TaskCompletionSource ended)
    {
        (_system, _settings, Actors, Standing, _complete, _ended) = (system, settings, actors, standing, complete, ended);
        Cluster.Get(system).RegisterOnMemberRemoved(() => ended.TrySetResult());
    }

    /// <summary>What the TrackerActor talks to.</summary>
    public ClusterActors Actors { get; }

    /// <summary>How this tracker stands.</summary>
    public PublishedStanding Standing { get; }

    /// <summary>Ends when this tracker is no member any more: it has left, it was given up by the others, or it gave itself up.</summary>
    public Task Ended => _ended.Task;

    /// <summary>True when this tracker is no member any more, or the actor system ends.</summary>
    public bool IsOver => Ended.IsCompleted || ShutdownHold.IsEnding(_system);

    /// <summary>host:port for other trackers, where it really is.</summary>
    public Address Address => Cluster.Get(_system).SelfAddress;

    /// <summary>Starts the actors; it joins with <see cref="JoinAsync"/>.</summary>
    /// <param name="system">An actor system with <see cref="ClusterHocon"/>.</param>
    /// <param name="settings">The cluster's settings.</param>
    /// <param name="changed">Is told how this tracker stands, whenever that changes.</param>
    /// <param name="ending">Ends the wait.</param>
    public static async Task<ClusterNode> StartAsync(ActorSystem system, ClusterSettings settings, Action<ClusterStanding>? changed, CancellationToken ending)
    {
        // Its replicator must run on every tracker, not only where the allocator is.
        Akka.DistributedData.DistributedData.Get(system);
        var standing = new PublishedStanding(ClusterStanding.Outside, changed);
        var complete = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cluster = system.ActorOf(ClusterActor.Props(settings, standing, complete, ended), ClusterPaths.Cluster);
        var actors = await cluster.Ask<ClusterActors>(GetClusterActors.Instance, AskTimeout, ending).ConfigureAwait(false);
        return new ClusterNode(system, settings, actors, standing, complete, ended);
    }

    /// <summary>Becomes a member, and learns the others' songs: those of one that does not tell them within the join time-out come later.</summary>
    /// <param name="begin">Whether it may begin a cluster where it is the first seed node and no other answers; never after it was given up, or there would be two.</param>
    /// <param name="ending">Ends the wait.</param>
    /// <exception cref="RemovedException">The cluster has gone on without it meanwhile.</exception>
    public async Task JoinAsync(bool begin, CancellationToken ending)
    {
        var cluster = Cluster.Get(_system);
        var seeds = _settings.SeedAddresses(cluster.SelfAddress).ToList();
        if (seeds.Count == 0)
            await (await Task.WhenAny(cluster.JoinAsync(cluster.SelfAddress, ending), _ended.Task).ConfigureAwait(false)).ConfigureAwait(false);
        else
            await new SeedNodes(_system, seeds, _settings.ExpectedSize).JoinAsync(begin, ended: _ended.Task, ending).ConfigureAwait(false);
        await Task.WhenAny(_complete.Task, _ended.Task, Task.Delay(_settings.JoinTimeout, ending)).ConfigureAwait(false);
        ending.ThrowIfCancellationRequested();
        if (IsOver)
            throw new RemovedException();
    }

    /// <summary>Tells the others where peers reach this tracker.</summary>
    public void Announce(string publicAddress) => Actors.Replicator.Tell(new AnnounceAddress(publicAddress));

    /// <summary>Tells the others that it is going down: peers are not sent here any more.</summary>
    public async Task DrainAsync()
    {
        try
        {
            await Actors.Replicator.Ask<AnnounceDraining>(AnnounceDraining.Instance, DrainTimeout).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            _system.Log.Warning("the other trackers could not be told that this one goes down; they will find out");
        }
    }
}
