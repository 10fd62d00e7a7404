using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Decides which host of a song is tried next, and when to give the song up.</summary>
/// <remarks>
/// A round goes through the hosts in the order the tracker gave them. When it is used up the tracker is asked again; after a few rounds in which no byte came
/// the song is given up. A round in which a host said when to ask again is waited out instead, up to a limit in all. A host that sent wrong bytes is never
/// asked again.
/// </remarks>
internal sealed class HostTrials(int maxRounds, TimeSpan busyTimeout)
{
    // No host makes a listener ask it without a pause, nor wait for ever.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly Queue<Host> _left = new();
    private readonly Dictionary<PeerId, string> _corrupt = [];
    private TimeSpan? _busyFor;
    private TimeSpan _waited;
    private bool _progress;
    private int _fruitless;

    /// <summary>Too many rounds in a row brought nothing.</summary>
    public bool IsExhausted => _fruitless >= maxRounds || _waited > busyTimeout;

    /// <summary>The names of the hosts that sent wrong bytes.</summary>
    public IReadOnlyCollection<string> CorruptHosts => _corrupt.Values;

    /// <summary>Starts a round with the hosts that a grant named.</summary>
    public void BeginRound(IEnumerable<Host> hosts)
    {
        _left.Clear();
        foreach (var host in hosts.Where(host => !_corrupt.ContainsKey(new PeerId(host.PeerId.Span))))
            _left.Enqueue(host);
    }

    /// <summary>The next host of this round; null when it is used up.</summary>
    public Host? Next() => _left.TryDequeue(out var host) ? host : null;

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
        if (failure.Kind == FailureKind.Corrupt)
            _corrupt[new PeerId(failure.Host.PeerId.Span)] = failure.Host.Name;
        // Of several hosts that are busy the first to be free again counts.
        if (failure.Error is { RetryAfterMs: > 0 } error)
        {
            var wait = TimeSpan.FromMilliseconds(Math.Clamp(error.RetryAfterMs, ShortestWait.TotalMilliseconds, LongestWait.TotalMilliseconds));
            _busyFor = wait < _busyFor || _busyFor is null ? wait : _busyFor;
        }
    }

    /// <summary>What a round brought.</summary>
    /// <param name="Progressed">Bytes came: the next round need not wait.</param>
    /// <param name="BusyFor">When the first of its busy hosts may be asked again; null = none was busy.</param>
    internal readonly record struct RoundResult(bool Progressed, TimeSpan? BusyFor);
}
