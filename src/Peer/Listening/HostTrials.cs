using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Decides which host of a song is tried next, and when to give the song up.</summary>
/// <remarks>
/// A round goes through the hosts in the order the tracker gave them. When it is used up the tracker is asked again; after a few rounds in which no byte came
/// the song is given up. A round in which a host said when to ask again is waited out instead, up to a limit in all. A host that sent wrong bytes is never
/// asked again.
/// </remarks>
/// <param name="maxRounds">Rounds in a row that may bring nothing.</param>
/// <param name="busyTimeout">How long busy hosts are waited for in all.</param>
/// <param name="known">What is known of the hosts already.</param>
internal sealed class HostTrials(int maxRounds, TimeSpan busyTimeout, KnownHosts known)
{
    // No host makes a listener ask it without a pause, nor wait for ever.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly Queue<Host> _left = new();
    private readonly List<string> _corrupt = [];
    private KnownHosts _known = known;
    private TimeSpan? _busyFor;
    private TimeSpan _waited;
    private bool _progress;
    private int _fruitless;

    /// <summary>Too many rounds in a row brought nothing.</summary>
    public bool IsExhausted => _fruitless >= maxRounds || _waited > busyTimeout;

    /// <summary>The names of the hosts that sent wrong bytes here.</summary>
    public IReadOnlyCollection<string> CorruptHosts => _corrupt;

    /// <summary>What is known of the hosts by now.</summary>
    public KnownHosts Known => _known;

    /// <summary>Another host is left in this round.</summary>
    public bool HasNext => _left.Count > 0;

    /// <summary>Starts a round with the hosts that a grant named.</summary>
    public void BeginRound(IEnumerable<Host> hosts)
    {
        _left.Clear();
        foreach (var host in hosts.Where(host => !_known.Corrupt.Contains(Id(host))).OrderByDescending(host => Id(host) == _known.Good))
            _left.Enqueue(host);
    }

    /// <summary>The next host of this round; null when it is used up.</summary>
    public Host? Next() => _left.TryDequeue(out var host) ? host : null;

    /// <summary>A host sends the song.</summary>
    public void Began(Host host) => _known = _known with { Good = Id(host) };

    /// <summary>Proven bytes came.</summary>
    public void Progressed() => _progress = true;

    /// <summary>The round is used up, or the tracker named nobody.</summary>
    public RoundResult EndRound()
    {
        var result = new RoundResult(_progress, _progress ? null : _busyFor);
        if (_progress)
            (_fruitless, _waited) = (0, TimeSpan.Zero);
        else if (_busyFor is { } wait)
            _waited += wait;
        else
            _fruitless++;
        (_progress, _busyFor) = (false, null);
        return result;
    }

    /// <summary>A host was given up.</summary>
    public void Failed(StreamFailed failure)
    {
        // Whoever failed is asked in its turn again, if at all.
        if (_known.Good == Id(failure.Host))
            _known = _known with { Good = null };
        if (failure.Kind == FailureKind.Corrupt)
        {
            _known = _known with { Corrupt = _known.Corrupt.Add(Id(failure.Host)) };
            _corrupt.Add(failure.Host.Name);
        }

        // Of several hosts that are busy the first to be free again counts.
        if (failure.Error is { RetryAfterMs: > 0 } error)
        {
            var wait = TimeSpan.FromMilliseconds(Math.Clamp(error.RetryAfterMs, ShortestWait.TotalMilliseconds, LongestWait.TotalMilliseconds));
            _busyFor = wait < _busyFor || _busyFor is null ? wait : _busyFor;
        }
    }

    private static PeerId Id(Host host) => new(host.PeerId.Span);

    /// <summary>What a round brought.</summary>
    /// <param name="Progressed">Bytes came: the next round need not wait.</param>
    /// <param name="BusyFor">When the first of its busy hosts may be asked again; null = none was busy.</param>
    internal readonly record struct RoundResult(bool Progressed, TimeSpan? BusyFor);
}
