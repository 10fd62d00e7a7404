using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>
/// The hosts that are tried side by side for one song. The first one whose bytes are proven wins; to say that the song begins costs a host
/// nothing.
/// </summary>
/// <typeparam name="T">Who receives from a host.</typeparam>
/// <param name="most">The most hosts at once.</param>
internal sealed class HostRace<T>(int most)
    where T : notnull
{
    private readonly List<(T Receiver, Host Host, StreamStarted? Started)> _running = [];

    /// <summary>The receivers that run, in the order in which they began.</summary>
    public IEnumerable<T> Receivers => _running.Select(each => each.Receiver);

    /// <summary>True when nobody runs.</summary>
    public bool IsEmpty => _running.Count == 0;

    /// <summary>True when one more host may be tried.</summary>
    public bool HasRoom => _running.Count < most;

    /// <summary>True when the host that runs is the only one that can win: then it has won as soon as it begins.</summary>
    /// <param name="areOthersLeft">Whether other hosts could be tried.</param>
    public bool IsDecided(bool areOthersLeft) => _running.Count == 1 && (most == 1 || !areOthersLeft);

    /// <summary>Returns whether this receiver runs.</summary>
    public bool Contains(T receiver) => IndexOf(receiver) >= 0;

    /// <summary>Adds a host that is tried from now on.</summary>
    public void Add(T receiver, Host host) => _running.Add((receiver, host, null));

    /// <summary>Removes a receiver that has failed.</summary>
    /// <returns>False when it did not run.</returns>
    public bool Remove(T receiver)
    {
        var index = IndexOf(receiver);
        if (index >= 0)
            _running.RemoveAt(index);
        return index >= 0;
    }

    /// <summary>Notes that a host says that the song begins.</summary>
    public void Began(T receiver, StreamStarted started)
    {
        var index = IndexOf(receiver);
        _running[index] = (receiver, _running[index].Host, started);
    }

    /// <summary>Ends the race.</summary>
    /// <param name="winner">Who has won.</param>
    /// <param name="losers">The others; silent are those that were asked before the winner and said nothing.</param>
    /// <returns>How the winner's stream began; null when it did not.</returns>
    public StreamStarted? End(T winner, out IReadOnlyList<(T Receiver, Host Host, bool IsSilent)> losers)
    {
        var at = IndexOf(winner);
        losers = [.. _running
            .Select((each, index) => (each.Receiver, each.Host, IsSilent: index < at && each.Started is null))
            .Where((_, index) => index != at)];
        var started = _running[at].Started;
        _running.RemoveAll(each => !each.Receiver.Equals(winner));
        return started;
    }

    private int IndexOf(T receiver) => _running.FindIndex(each => each.Receiver.Equals(receiver));
}
