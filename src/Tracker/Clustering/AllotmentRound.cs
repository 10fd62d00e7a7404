using Akka.Actor;
using TspActors.Tracker.Clustering.Wire;

namespace TspActors.Tracker.Clustering;

/// <summary>Ids that are given out as soon as a majority of the trackers knows them.</summary>
internal sealed class AllotmentRound(IActorRef asker, IdsAllotted answer, int majority, TimeSpan until)
{
    private readonly HashSet<Address> _learnt = [];

    /// <summary>Who waits for them.</summary>
    public IActorRef Asker { get; } = asker;

    /// <summary>What it is told then.</summary>
    public IdsAllotted Answer { get; } = answer;

    /// <summary>When they are given up.</summary>
    public TimeSpan Until { get; } = until;

    /// <summary>One tracker knows them.</summary>
    /// <returns>True when that makes a majority.</returns>
    public bool LearntBy(Address tracker)
    {
        _learnt.Add(tracker);
        return _learnt.Count >= majority;
    }
}
