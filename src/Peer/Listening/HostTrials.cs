using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Decides which host of a song is tried next, and when to give the song up.</summary>
/// <remarks>
/// A round goes through the hosts in the order the tracker gave them. When it is used up the tracker is asked again; after a few rounds in which no byte came
/// the song is given up. A host that sent wrong bytes is never asked again.
/// </remarks>
internal sealed class HostTrials(int maxRounds)
{
    private readonly Queue<Host> _left = new();
    private readonly HashSet<PeerId> _corrupt = [];
    private bool _progress;
    private int _fruitless;

    /// <summary>Too many rounds in a row brought nothing.</summary>
    public bool IsExhausted => _fruitless >= maxRounds;

    /// <summary>How many hosts sent wrong bytes.</summary>
    public int CorruptHosts => _corrupt.Count;

    /// <summary>Starts a round with the hosts that a grant named.</summary>
    public void BeginRound(IEnumerable<Host> hosts)
    {
        _left.Clear();
        foreach (var host in hosts.Where(host => !_corrupt.Contains(new PeerId(host.PeerId.Span))))
            _left.Enqueue(host);
    }

    /// <summary>The next host of this round; null when it is used up.</summary>
    public Host? Next() => _left.TryDequeue(out var host) ? host : null;

    /// <summary>Proven bytes came.</summary>
    public void Progressed() => _progress = true;

    /// <summary>The round is used up, or the tracker named nobody.</summary>
    /// <returns>True when bytes came in it: then the next round need not wait.</returns>
    public bool EndRound()
    {
        var progress = _progress;
        _fruitless = progress ? 0 : _fruitless + 1;
        _progress = false;
        return progress;
    }

    /// <summary>A host was given up.</summary>
    public void Failed(StreamFailed failure)
    {
        if (failure.Kind == FailureKind.Corrupt)
            _corrupt.Add(new PeerId(failure.Host.PeerId.Span));
    }
}
