using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Decides which host of a song is tried next, and when the song is given up.</summary>
/// <remarks>
/// A round goes through the hosts in the order the tracker gave them. After the last one the tracker is asked again; after a few rounds in
/// which no byte arrived the song is given up. When a busy host said when to ask again, the round is followed by that wait instead, up to a
/// limit in all. Each host is asked again only at the time it gave, or it would take the question for greed; until then the tracker may
/// name others. A host that sent wrong bytes is never asked again.
/// </remarks>
/// <param name="maxRounds">How many rounds in a row may bring nothing.</param>
/// <param name="busyTimeout">How long busy hosts are waited for in all.</param>
/// <param name="known">What is known of the hosts already.</param>
/// <param name="time">The clock; null = the system's.</param>
/// <param name="memory">What other songs have learnt of hosts; null = nothing.</param>
internal sealed class HostSelection(
    int maxRounds, TimeSpan busyTimeout, KnownHosts known, TimeProvider? time = null, HostMemory? memory = null)
{
    // No host can make a requester ask without a pause, and another host may have come online after a while.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly Queue<Host> _left = new();
    private readonly List<string> _corrupt = [];
    private readonly Dictionary<PeerId, TimeSpan> _askAgainAt = [];
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private KnownHosts _known = known;
    private TimeSpan _waited;
    private bool _progress;
    private int _fruitlessRounds;

    /// <summary>Too many rounds in a row brought nothing.</summary>
    public bool IsExhausted => _fruitlessRounds >= maxRounds || _waited > busyTimeout;

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
        var inOrder = hosts.Where(host => !_known.Corrupt.Contains(IdOf(host)))
            .OrderByDescending(host => IdOf(host) == _known.Good)
            .ThenBy(host => memory?.IsSilent(IdOf(host)) == true);
        foreach (var host in inOrder)
        {
            if (_askAgainAt.TryGetValue(IdOf(host), out var at) && at > Now)
                continue;
            _askAgainAt.Remove(IdOf(host));
            _left.Enqueue(host);
        }
    }

    /// <summary>Returns the next host of this round; null when none is left.</summary>
    public Host? Next() => _left.TryDequeue(out var host) ? host : null;

    /// <summary>Notes that a host sends the song.</summary>
    public void Began(Host host)
    {
        _known = _known with { Good = IdOf(host) };
        memory?.Sent(IdOf(host));
    }

    /// <summary>Notes that another host was faster. This one is tried again when no other is left in this round.</summary>
    /// <param name="host">The host.</param>
    /// <param name="isSilent">It was asked before the other one, and has sent nothing.</param>
    public void Lost(Host host, bool isSilent)
    {
        _left.Enqueue(host);
        if (isSilent)
            memory?.Silent(IdOf(host));
    }

    /// <summary>Notes that proven bytes have arrived.</summary>
    public void Progressed() => _progress = true;

    /// <summary>Ends a round, because no host is left or the tracker named none.</summary>
    public RoundResult EndRound()
    {
        var result = new RoundResult(_progress, _progress ? null : BusyFor());
        if (_progress)
            (_fruitlessRounds, _waited) = (0, TimeSpan.Zero);
        else if (result.BusyFor is { } wait)
            _waited += wait;
        else
            _fruitlessRounds++;
        _progress = false;
        return result;
    }

    /// <summary>Notes that a host was given up.</summary>
    public void Failed(StreamFailed failure)
    {
        // A host that has failed is no longer asked first.
        if (_known.Good == IdOf(failure.Host))
            _known = _known with { Good = null };
        // A host that refuses the connection says so at once.
        if (failure is { Kind: FailureKind.Cut, HasSent: false })
            memory?.Silent(IdOf(failure.Host));
        if (failure.Kind == FailureKind.Corrupt)
        {
            _known = _known with { Corrupt = _known.Corrupt.Add(IdOf(failure.Host)) };
            _corrupt.Add(failure.Host.Name);
        }

        if (failure.Error is { RetryAfterMs: > 0 } error)
        {
            var told = TimeSpan.FromMilliseconds(error.RetryAfterMs);
            _askAgainAt[IdOf(failure.Host)] = Now + (told < busyTimeout ? told : busyTimeout);
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(0);

    // Of several busy hosts the one that is free first counts.
    private TimeSpan? BusyFor()
    {
        // A host whose time has come and that the tracker did not name again is gone.
        foreach (var due in _askAgainAt.Where(entry => entry.Value <= Now - LongestWait).Select(entry => entry.Key).ToList())
            _askAgainAt.Remove(due);
        if (_askAgainAt.Count == 0)
            return null;
        var wait = _askAgainAt.Values.Min() - Now;
        return wait < ShortestWait ? ShortestWait : wait > LongestWait ? LongestWait : wait;
    }

    private static PeerId IdOf(Host host) => new(host.PeerId.Span);

    /// <summary>What a round brought.</summary>
    /// <param name="Progressed">Bytes arrived: the next round need not wait.</param>
    /// <param name="BusyFor">When the first of its busy hosts may be asked again; null = none was busy.</param>
    internal readonly record struct RoundResult(bool Progressed, TimeSpan? BusyFor);
}
