using Akka.Actor;
using TspActors.Tracker.Clustering.Wire;

namespace TspActors.Tracker.Clustering;

/// <summary>Ids that the allocator hands out as soon as a majority of the trackers knows them.</summary>
internal sealed class AllotmentRound(IActorRef asker, IdsAllotted answer, int majority, TimeSpan until)
{
    private readonly HashSet<Address> _learnt = [];

    /// <summary>The IdReplicaActor that waits for the ids.</summary>
    public IActorRef Asker { get; } = asker;

    /// <summary>The reply to it.</summary>
    public IdsAllotted Answer { get; } = answer;

    /// <summary>When the round is given up.</summary>
    public TimeSpan Until { get; } = until;

    /// <summary>Notes that a tracker knows the ids.</summary>
    /// <returns>True when a majority knows them.</returns>
    public bool LearntBy(Address tracker)
    {
        _learnt.Add(tracker);
        return _learnt.Count >= majority;
    }
}
