using TspActors.Peer.Reaching;

namespace TspActors.Peer.Listening;

/// <summary>
/// The hosts that are being tried in parallel for one song, some of them perhaps in several ways. The first host to deliver verified bytes
/// wins. While other hosts could still win, a host does not win merely by starting a stream, because that costs it nothing.
/// </summary>
/// <remarks>
/// A host that has not delivered any bytes for a while becomes overdue: it gives up its place to another host, but may still win. Hosts
/// that accept connections and send nothing therefore cost a song only the time between two hosts, not the deadline for the first byte.
/// </remarks>
/// <typeparam name="T">The type of a receiver, which receives the song from one host.</typeparam>
/// <param name="most">The number of places. With one, hosts are tried one after the other, and none becomes overdue.</param>
internal sealed class HostRace<T>(int most)
    where T : notnull
{
    // The maximum number of running receivers, as a multiple of the places.
    private const int OpenPerPlace = 3;

    private readonly List<(T Receiver, HostRoute Route, StreamStarted? Started, bool IsOverdue)> _running = [];

    /// <summary>The running receivers, in the order they were added.</summary>
    public IEnumerable<T> Receivers => _running.Select(each => each.Receiver);

    /// <summary>The hosts of the running receivers and the ways to them, in the same order.</summary>
    public IEnumerable<HostRoute> Routes => _running.Select(each => each.Route);

    /// <summary>True if no receiver is running.</summary>
    public bool IsEmpty => _running.Count == 0;

    /// <summary>True if a place is free.</summary>
    public bool HasRoom => _running.Count(each => !each.IsOverdue) < most && _running.Count < (most > 1 ? OpenPerPlace * most : 1);

    /// <summary>True if the next host may be tried after a while, even if none of those that are being tried fails.</summary>
    public bool MayGrow => most > 1 && _running.Count < OpenPerPlace * most;

    /// <summary>Returns true if only one receiver is running and no other can join. It then wins as soon as its stream starts.</summary>
    /// <param name="areOthersLeft">Whether there are other hosts to try.</param>
    public bool IsDecided(bool areOthersLeft) => _running.Count == 1 && (most == 1 || !areOthersLeft);

    /// <summary>Returns whether this receiver is running.</summary>
    public bool Contains(T receiver) => IndexOf(receiver) >= 0;

    /// <summary>Returns the host of a running receiver and the way to it; null if the receiver is not running.</summary>
    public HostRoute? RouteOf(T receiver) => IndexOf(receiver) is >= 0 and var index ? _running[index].Route : null;

    /// <summary>Adds a receiver and the host that it asks.</summary>
    public void Add(T receiver, HostRoute route) => _running.Add((receiver, route, null, false));

    /// <summary>
    /// Makes the host that was asked first overdue if all places are taken. Call this when the time between two hosts is over.
    /// </summary>
    /// <returns>True if a place is free.</returns>
    public bool MakeRoom()
    {
        var first = _running.FindIndex(each => !each.IsOverdue);
        if (!HasRoom && MayGrow && first >= 0)
            _running[first] = _running[first] with { IsOverdue = true };
        return HasRoom;
    }

    /// <summary>Removes a receiver that has failed.</summary>
    /// <returns>False if the receiver was not running.</returns>
    public bool Remove(T receiver)
    {
        var index = IndexOf(receiver);
        if (index >= 0)
            _running.RemoveAt(index);
        return index >= 0;
    }

    /// <summary>Records that a receiver's host has started the stream.</summary>
    public void Began(T receiver, StreamStarted started)
    {
        var index = IndexOf(receiver);
        _running[index] = _running[index] with { Started = started };
    }

    /// <summary>Ends the race.</summary>
    /// <param name="winner">The receiver that has won.</param>
    /// <param name="losers">The other receivers. A host counts as silent if it was asked before the winner's host but has not
    ///   started a stream, or is overdue.</param>
    /// <returns>The start of the winner's stream; null if the stream has not started.</returns>
    public StreamStarted? End(T winner, out IReadOnlyList<(T Receiver, HostRoute Route, bool IsSilent)> losers)
    {
        var at = IndexOf(winner);
        losers = [.. _running
            .Select((each, index) => (each.Receiver, each.Route, IsSilent: index < at && (each.Started is null || each.IsOverdue)))
            .Where((_, index) => index != at)];
        var started = _running[at].Started;
        _running.RemoveAll(each => !each.Receiver.Equals(winner));
        return started;
    }

    private int IndexOf(T receiver) => _running.FindIndex(each => each.Receiver.Equals(receiver));
}
