using System.Collections.Concurrent;
using TspActors.Benchmarks.TrackerLoad;

namespace TspActors.Benchmarks.Siege;

/// <summary>What honest peers do and wait for.</summary>
internal enum HonestAct
{
    /// <summary>A page of 200 songs, over the peer's own connection.</summary>
    List,

    /// <summary>The first 20 hits of several words.</summary>
    Search,

    /// <summary>INFO of an own song, with the peer itself among its hosts.</summary>
    Info,

    /// <summary>The hosts of a song.</summary>
    Grant,

    /// <summary>A new connection, without INIT, and its first page.</summary>
    Arrive,

    /// <summary>From the connection to the host that sends the song, to its first bytes; waits that a busy host names included.</summary>
    Play,

    /// <summary>The whole song at full speed, checked against its content hash; the same waits included.</summary>
    Song,

    /// <summary>From the grant to the first bytes, with all the hosts that are tried in vain.</summary>
    Sound,

    /// <summary>No request: how late this process itself wakes up, as everything above includes that.</summary>
    WakeUp,
}

/// <summary>The durations and failures of a phase of the run. Thread-safe.</summary>
internal sealed class SiegePhase(string name)
{
    private readonly Latencies[] _latencies = [.. Enum.GetValues<HonestAct>().Select(_ => new Latencies())];
    private readonly ConcurrentDictionary<(HonestAct Act, string Reason), int> _failures = new();

    public string Name => name;

    /// <summary>The failures by reason, the most frequent first.</summary>
    public IEnumerable<KeyValuePair<(HonestAct Act, string Reason), int>> Failures =>
        _failures.OrderByDescending(failure => failure.Value);

    public Latencies this[HonestAct act] => _latencies[(int)act];

    public void Add(HonestAct act, TimeSpan took) => this[act].Add(took);

    /// <summary>Counts a failure, and as a duration the longest that an honest peer waits.</summary>
    public void Fail(HonestAct act, string reason)
    {
        _failures.AddOrUpdate((act, reason), 1, (_, count) => count + 1);
        this[act].Add(HonestPeer.Patience);
    }

    public int FailuresOf(HonestAct act) => _failures.Where(failure => failure.Key.Act == act).Sum(failure => failure.Value);
}
