using System.Collections.Concurrent;
using TspActors.Benchmarks.TrackerLoad;

namespace TspActors.Benchmarks.Siege;

/// <summary>The actions of an honest peer that are timed.</summary>
internal enum HonestAct
{
    /// <summary>A page of 200 songs, over the peer's own connection.</summary>
    List,

    /// <summary>A search for several words: its first 20 hits.</summary>
    Search,

    /// <summary>INFO of one of the peer's own songs. The reply must list the peer among the hosts.</summary>
    Info,

    /// <summary>The hosts of a song.</summary>
    Grant,

    /// <summary>A new connection without INIT, until its first page has arrived.</summary>
    Arrive,

    /// <summary>
    /// From connecting to the host that sends the song until the first bytes arrive, including the waits that a busy host asks for.
    /// </summary>
    Play,

    /// <summary>The whole song at full speed, checked against its content hash; includes the same waits.</summary>
    Song,

    /// <summary>From the grant until the first bytes arrive, including all hosts that are tried without success.</summary>
    Sound,

    /// <summary>Not an action: how late this process itself wakes up. All other figures include that delay.</summary>
    WakeUp,
}

/// <summary>The durations and failures in one phase of the run. Thread-safe.</summary>
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

    /// <summary>Counts a failure. Its duration is <see cref="HonestPeer.Patience"/>.</summary>
    public void Fail(HonestAct act, string reason)
    {
        _failures.AddOrUpdate((act, reason), 1, (_, count) => count + 1);
        this[act].Add(HonestPeer.Patience);
    }

    public int FailuresOf(HonestAct act) => _failures.Where(failure => failure.Key.Act == act).Sum(failure => failure.Value);
}
