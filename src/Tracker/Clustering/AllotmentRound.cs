using Akka.Actor;
using TspActors.Tracker.Clustering.Wire;

namespace TspActors.Tracker.Clustering;

/// <summary>A group of ids that the allocator hands out once a majority of the trackers has learnt them.</summary>
internal sealed class AllotmentRound(IActorRef replyTo, IdsAllotted answer, int majority, TimeSpan until)
{
    private readonly HashSet<Address> _learnt = [];

    /// <summary>The IdReplicaActor that waits for the ids.</summary>
    public IActorRef ReplyTo { get; } = replyTo;

    /// <summary>The reply that contains the ids.</summary>
    public IdsAllotted Answer { get; } = answer;

    /// <summary>When the round times out.</summary>
    public TimeSpan Until { get; } = until;

    /// <summary>Returns whether a tracker has learnt the ids.</summary>
    public bool HasLearnt(Address tracker) => _learnt.Contains(tracker);

    /// <summary>Records that a tracker has learnt the ids.</summary>
    /// <returns>True if a majority has learnt them.</returns>
    public bool RecordLearnt(Address tracker)
    {
        _learnt.Add(tracker);
        return _learnt.Count >= majority;
    }
}
