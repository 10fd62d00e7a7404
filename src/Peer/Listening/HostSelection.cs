using TspActors.Peer.Reaching;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Chooses the next host for a song, and decides when to give up.</summary>
/// <remarks>
/// A round tries the hosts in the tracker's order, except that the most recent good host comes first, then those that the memory ranks
/// first, and silent hosts come last. After a complete round, the tracker is asked again. After too many rounds without a single byte, the
/// fetch gives up. A round does not count towards this limit if a busy host has said when to ask again. In that case, the fetch waits, up
/// to a total limit. It never asks a busy host earlier, because the host would treat that as abuse. It may ask the tracker earlier, because
/// the tracker may know of other hosts by then. A host that sent wrong bytes is never asked again. A round can contain several ways to one
/// host. A host that has answered, even with a refusal, is not asked in another way in that round. If a relay breaks, the same host is
/// tried next through another relay, because a lost place at a relay says nothing about the host.
/// </remarks>
/// <param name="maxRounds">The number of consecutive rounds without progress before the fetch gives up.</param>
/// <param name="busyTimeout">The maximum total wait for busy hosts.</param>
/// <param name="known">Knowledge about the song's hosts from an earlier fetch.</param>
/// <param name="time">The clock; null for the system clock.</param>
/// <param name="memory">The memory of hosts that all fetches share; null for none.</param>
internal sealed class HostSelection(
    int maxRounds, TimeSpan busyTimeout, KnownHosts known, TimeProvider? time = null, HostMemory? memory = null)
{
    // The lower limit keeps a host from making this peer ask without a pause. The upper limit ensures that hosts that have just come online
    // are found soon.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly LinkedList<HostRoute> _left = new();
    private readonly List<string> _corrupt = [];
    private readonly Dictionary<PeerId, TimeSpan> _askAgainAt = [];
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private KnownHosts _known = known;
    private TimeSpan _waited;
    private bool _progress;
    private int _fruitlessRounds;

    /// <summary>Whether too many rounds have passed without progress, or the waits for busy hosts have exceeded the limit.</summary>
    public bool IsExhausted => _fruitlessRounds >= maxRounds || _waited > busyTimeout;

    /// <summary>The names of the hosts that sent wrong bytes during this fetch.</summary>
    public IReadOnlyCollection<string> CorruptHosts => _corrupt;

    /// <summary>Everything learned about the hosts so far.</summary>
    public KnownHosts Known => _known;

    /// <summary>Whether this round has a host left.</summary>
    public bool HasNext => _left.Count > 0;

    /// <summary>Starts a round with the hosts in a grant, and the ways to them.</summary>
    public void BeginRound(IEnumerable<HostRoute> routes)
    {
        _left.Clear();
        var inOrder = routes.Where(route => !_known.Corrupt.Contains(route.Peer))
            .OrderByDescending(route => route.Peer == _known.Good)
            .ThenBy(route => memory?.RankOf(route.Peer) ?? 0);
        foreach (var route in inOrder)
        {
            if (_askAgainAt.TryGetValue(route.Peer, out var at) && at > Now)
                continue;
            _askAgainAt.Remove(route.Peer);
            _left.AddLast(route);
        }
    }

    /// <summary>Returns the next host of this round and the way to it, without removing it; null if none is left.</summary>
    public HostRoute? Peek() => _left.First?.Value;

    /// <summary>Returns whether this round has a host other than <paramref name="host"/>.</summary>
    public bool HasOther(PeerId host) => _left.Any(route => route.Peer != host);

    /// <summary>Removes and returns the next host of this round and the way to it; null if none is left.</summary>
    public HostRoute? Next()
    {
        var next = _left.First?.Value;
        if (next is not null)
            _left.RemoveFirst();
        return next;
    }

    /// <summary>Records that a host has begun to send the song.</summary>
    public void Began(Host host) => _known = _known with { Good = IdOf(host) };

    /// <summary>
    /// Records that a host has ended the feed. The host loses its place at the front, because the feed may continue at other hosts.
    /// </summary>
    public void Ended(Host host)
    {
        if (_known.Good == IdOf(host))
            _known = _known with { Good = null };
    }

    /// <summary>
    /// Records that another host, or another way to the same host, was faster. The slower one moves to the end of this round.
    /// </summary>
    /// <param name="route">The slower host, or the slower way to the same host.</param>
    /// <param name="isSilent">Whether the host counts as silent.</param>
    public void Lost(HostRoute route, bool isSilent)
    {
        _left.AddLast(route);
        if (isSilent && route.Way is HostWay.Direct)
            memory?.Silent(route.Peer);
    }

    /// <summary>Records that verified bytes have arrived from the good host.</summary>
    public void Progressed()
    {
        _progress = true;
        if (_known.Good is { } good)
            memory?.Delivered(good);
    }

    /// <summary>Ends a round: no host is left, or the tracker named none.</summary>
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

    /// <summary>Records that a host has failed.</summary>
    public void Failed(StreamFailed failure)
    {
        // At a private address, another machine may have answered, so the failure proves nothing about this host.
        if (failure.Kind is FailureKind.Refused or FailureKind.Corrupt && !new HostRoute(failure.Host, failure.Way).IsHostCertain)
            return;
        if (failure.Kind is FailureKind.Refused or FailureKind.Corrupt)
            DropOtherWays(IdOf(failure.Host));
        // A host that failed loses its place at the front.
        if (_known.Good == IdOf(failure.Host))
            _known = _known with { Good = null };
        // A host that failed is remembered as silent only if it accepted the connection and then delivered nothing.
        if (failure is { Kind: FailureKind.Cut, HostSentBytes: false, Way: HostWay.Direct })
            memory?.Silent(IdOf(failure.Host));
        if (failure.Kind == FailureKind.Corrupt)
        {
            _known = _known with { Corrupt = _known.Corrupt.Add(IdOf(failure.Host)) };
            _corrupt.Add(failure.Host.Name);
        }

        // Another relay comes next, because the other ways to this host have already failed or were slower, and would only delay the song.
        if (failure is { Kind: FailureKind.Cut, HostSentBytes: true, Way: HostWay.Relayed })
            _left.AddFirst(new HostRoute(failure.Host, failure.Way));
        if (failure.Error is { RetryAfterMs: > 0 } error)
        {
            var told = TimeSpan.FromMilliseconds(error.RetryAfterMs);
            _askAgainAt[IdOf(failure.Host)] = Now + (told < busyTimeout ? told : busyTimeout);
        }
    }

    private void DropOtherWays(PeerId host)
    {
        for (var node = _left.First; node is not null;)
        {
            var next = node.Next;
            if (node.Value.Peer == host)
                _left.Remove(node);
            node = next;
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(0);

    // The wait until the first busy host may be asked again, within the limits above; null if no host is busy.
    private TimeSpan? BusyFor()
    {
        // A busy host is considered gone if it could have been asked again a while ago but the tracker has not named it since.
        foreach (var due in _askAgainAt.Where(entry => entry.Value <= Now - LongestWait).Select(entry => entry.Key).ToList())
            _askAgainAt.Remove(due);
        if (_askAgainAt.Count == 0)
            return null;
        var wait = _askAgainAt.Values.Min() - Now;
        return wait < ShortestWait ? ShortestWait : wait > LongestWait ? LongestWait : wait;
    }

    private static PeerId IdOf(Host host) => new(host.PeerId.Span);

    /// <summary>The result of a round.</summary>
    /// <param name="Progressed">Whether bytes arrived. If so, the next round starts immediately.</param>
    /// <param name="BusyFor">How long to wait for the first busy host; null if bytes arrived or no host is busy.</param>
    internal readonly record struct RoundResult(bool Progressed, TimeSpan? BusyFor);
}
