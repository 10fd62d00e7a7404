using Akka.Actor;
using TspActors.Protocol;

namespace TspActors.Tracker.Clustering;

/// <summary>
/// The peers that have left this tracker and may have moved to another one. Their songs stay listed until changes from every other tracker
/// have arrived: a tracker to which a peer has moved reports the move before anything else.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class Farewells(TimeProvider time)
{
    // A peer leaves a tracker after it has registered at the next one. Messages that the next tracker sent before the registration may
    // still be on their way, but messages that arrive after this delay were sent after the registration.
    private static readonly TimeSpan OnItsWay = TimeSpan.FromMilliseconds(500);

    private readonly HashSet<Address> _others = [];
    private readonly Dictionary<PeerId, Farewell> _pending = [];

    /// <summary>Records that a peer has left.</summary>
    /// <returns>False if there is no other tracker to which it could have moved.</returns>
    public bool Begin(PeerId peer)
    {
        if (_others.Count == 0)
            return false;
        _pending[peer] = new Farewell(time.GetTimestamp(), [.. _others]);
        return true;
    }

    /// <summary>Records that a peer is back, here or at another tracker.</summary>
    public void Cancel(PeerId peer) => _pending.Remove(peer);

    /// <summary>Records that all changes from another tracker up to now have arrived.</summary>
    /// <returns>The peers that have not moved to another tracker.</returns>
    public IReadOnlyList<PeerId> Heard(Address tracker)
    {
        _others.Add(tracker);
        return Settle(farewell => time.GetElapsedTime(farewell.LeftAt) < OnItsWay || !farewell.Awaited.Remove(tracker));
    }

    /// <summary>Records that another tracker is no longer in the cluster.</summary>
    /// <returns>The peers that have not moved to another tracker.</returns>
    public IReadOnlyList<PeerId> Gone(Address tracker)
    {
        _others.Remove(tracker);
        return Settle(farewell => !farewell.Awaited.Remove(tracker));
    }

    private List<PeerId> Settle(Func<Farewell, bool> isUnchanged)
    {
        List<PeerId> settled = [];
        foreach (var (peer, farewell) in _pending)
        {
            if (!isUnchanged(farewell) && farewell.Awaited.Count == 0)
                settled.Add(peer);
        }

        foreach (var peer in settled)
            _pending.Remove(peer);
        return settled;
    }

    private sealed record Farewell(long LeftAt, HashSet<Address> Awaited);
}
