using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>Chooses the tracker to try next, and the tracker that this peer prefers to its current one.</summary>
/// <remarks>
/// Trackers are tried in rounds: each tracker once per round, one right after the other, with a wait only between rounds. Peers are spread
/// over the trackers of a cluster by rendezvous hashing: a peer prefers the tracker whose name, hashed with the peer's id, yields the
/// highest number. Each tracker therefore has about the same number of peers, and when a tracker joins or leaves, only the peers that
/// prefer it move. Without a cluster, the configured order applies.
/// </remarks>
internal sealed class TrackerChoice
{
    private const int LongestName = 300;

    private readonly PeerId _peer;
    private readonly IReadOnlyList<TrackerAddress> _configured;
    private readonly LinkSettings _settings;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly Backoff _rounds;
    private readonly List<TrackerAddress> _learned = [];
    private readonly Queue<TrackerAddress> _untried = [];
    private readonly HashSet<TrackerAddress> _inRound = [];
    private readonly HashSet<TrackerAddress> _refusing = [];
    private readonly HashSet<TrackerAddress> _noticed = [];
    private readonly Dictionary<TrackerAddress, Backoff> _missed = [];
    private readonly Dictionary<TrackerAddress, (long Since, TimeSpan Wait)> _absent = [];
    private readonly Dictionary<TrackerAddress, (long Since, TimeSpan Wait)> _busy = [];
    private (TrackerAddress Tracker, string Reason)? _lastRefusal;

    /// <param name="peer">The peer that chooses.</param>
    /// <param name="configured">The configured trackers, in the order they are tried; at least one.</param>
    /// <param name="settings">The waits and limits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">The source of randomness that spreads the waits of many peers.</param>
    public TrackerChoice(PeerId peer, IReadOnlyList<TrackerAddress> configured, LinkSettings settings, TimeProvider time, Random random)
    {
        (_peer, _configured, _settings, _time, _random) = (peer, configured, settings, time, random);
        _rounds = new Backoff(settings.ReconnectMin, settings.ReconnectMax, random);
        Refill(null);
    }

    /// <summary>All known trackers, in order of preference.</summary>
    public IReadOnlyList<TrackerAddress> Known
    {
        get
        {
            var known = _configured.Concat(_learned).DistinctBy(tracker => $"{tracker}".ToLowerInvariant());
            return [.. _learned.Count == 0 ? known : known.OrderByDescending(Weight)];
        }
    }

    /// <summary>True if there are trackers that have not been tried in this round.</summary>
    public bool HasUntried => _untried.Count > 0;

    /// <summary>Returns the next tracker of this round.</summary>
    /// <returns>False if every tracker of the round has been tried.</returns>
    public bool TryNext([NotNullWhen(true)] out TrackerAddress? tracker) => _untried.TryDequeue(out tracker);

    /// <summary>
    /// The last refusal, if every configured tracker has refused this peer in this round and no other tracker is left to try; otherwise
    /// null.
    /// </summary>
    public (TrackerAddress Tracker, string Reason)? FinalRefusal =>
        _untried.Count == 0 && _configured.All(_refusing.Contains) ? _lastRefusal : null;

    /// <summary>Starts a new round.</summary>
    /// <returns>The wait before the round. It lasts at least until this peer may try one of the trackers again.</returns>
    public TimeSpan NextRound()
    {
        Refill(null);
        var (backoff, soonest) = (_rounds.Next(), Known.Min(tracker => Left(_busy, tracker)));
        return backoff > soonest ? backoff : soonest;
    }

    /// <summary>Records that the connection to a tracker was lost.</summary>
    /// <param name="tracker">The tracker.</param>
    /// <param name="wasSteady">True if the connection had lasted for a while. In that case, a new round with all other trackers begins
    ///   immediately. Otherwise, no round begins, and the tracker counts as missed, because it may accept peers only to drop them.</param>
    public void Lost(TrackerAddress tracker, bool wasSteady)
    {
        if (!wasSteady)
        {
            Missed(tracker);
            return;
        }

        Held(tracker);
        _rounds.Reset();
        Refill(tracker);
    }

    /// <summary>
    /// Records that a tracker has refused this peer, for example because the access key differs. Another tracker may still accept the peer.
    /// </summary>
    /// <returns>True if the refusal must be reported to the user: it is the tracker's first one, and not yet the final one.</returns>
    public bool Refused(TrackerAddress tracker, string reason)
    {
        _refusing.Add(tracker);
        _lastRefusal = (tracker, reason);
        return _noticed.Add(tracker) && FinalRefusal is null;
    }

    /// <summary>Records that a tracker did not prove who it is. The tracker is tried again, because the problem may be temporary.</summary>
    /// <returns>True if that must be reported to the user: it is the tracker's first failure of this kind.</returns>
    public bool Untrusted(TrackerAddress tracker) => _noticed.Add(tracker);

    /// <summary>Records that the connection to a tracker has lasted for a while. The tracker's earlier failures no longer count.</summary>
    public void Held(TrackerAddress tracker)
    {
        _missed.Remove(tracker);
        _absent.Remove(tracker);
    }

    /// <summary>
    /// Records a registration at a tracker that named the other trackers of its cluster. Ignores names that are not addresses, and names
    /// beyond the limit.
    /// </summary>
    public void Welcomed(TrackerAddress tracker, IEnumerable<string> alternatives)
    {
        _busy.Remove(tracker);
        _refusing.Remove(tracker);
        var named = ParseNames(alternatives, _settings.MaxLearnedTrackers);
        if (named.Count == 0)
            return;
        // The trackers in this welcome move to the end, so that trackers that are no longer named are forgotten first.
        // A key that has been named once is kept, even if the tracker is later named without one.
        var pinned = _learned.Where(tracker => tracker.Security.Pin is not null).ToDictionary(tracker => tracker);
        _learned.RemoveAll(named.Contains);
        _learned.AddRange(named.Select(tracker => tracker.Security.Pin is null ? pinned.GetValueOrDefault(tracker, tracker) : tracker));
        _learned.RemoveRange(0, Math.Max(0, _learned.Count - _settings.MaxLearnedTrackers));
        Forget();
        foreach (var known in Known)
            Enqueue(known);
    }

    /// <summary>
    /// Returns the trackers that a welcome names, at most <paramref name="most"/>. Names that are not addresses are left out.
    /// </summary>
    public static IReadOnlyList<TrackerAddress> ParseNames(IEnumerable<string> names, int most) =>
    [
        .. names.Take(most)
            .Select(name => name.Length <= LongestName && TrackerAddress.TryParse(name, null, out var address)
                // Only this peer's own settings may turn TLS off.
                && address.Security.Kind != TrackerSecurityKind.Plain
                ? address with { Host = address.Host.ToLowerInvariant() }
                : null)
            .OfType<TrackerAddress>().Distinct(),
    ];

    /// <summary>Records that a tracker must not be tried for a while.</summary>
    public void Avoid(TrackerAddress tracker, TimeSpan wait) => _busy[tracker] = (_time.GetTimestamp(), wait);

    /// <summary>
    /// Records that a tracker could not be reached or dropped the connection. The tracker is tried last in the next rounds, and the peer
    /// does not move to it for a while. That time grows with each failure.
    /// </summary>
    public void Missed(TrackerAddress tracker)
    {
        if (!_missed.TryGetValue(tracker, out var backoff))
        {
            var shortest = _settings.SpreadInterval > _settings.ReconnectMax ? _settings.SpreadInterval : _settings.ReconnectMax;
            _missed[tracker] = backoff = new Backoff(shortest, _settings.SpreadIntervalMax, _random);
        }

        _absent[tracker] = (_time.GetTimestamp(), backoff.Next());
    }

    /// <summary>Returns the best tracker that this peer prefers to the given one and may try now; null if there is none.</summary>
    public TrackerAddress? Preferred(TrackerAddress connected) =>
        _learned.Count > 0 ? Known.TakeWhile(tracker => tracker != connected).FirstOrDefault(MayBeTried) : null;

    /// <summary>Returns the best tracker, other than the given one, that this peer may try now; null if there is none.</summary>
    public TrackerAddress? Elsewhere(TrackerAddress connected) =>
        Known.FirstOrDefault(tracker => tracker != connected && MayBeTried(tracker));

    private void Refill(TrackerAddress? lost)
    {
        _untried.Clear();
        _inRound.Clear();
        _refusing.Clear();
        Forget();
        if (lost is not null)
            _inRound.Add(lost);
        // Trackers that are known to be down are tried last, because each attempt costs a full timeout.
        foreach (var tracker in Known.OrderBy(tracker => Left(_absent, tracker) > TimeSpan.Zero))
            Enqueue(tracker);
    }

    private void Enqueue(TrackerAddress tracker)
    {
        if (_inRound.Add(tracker))
            _untried.Enqueue(tracker);
    }

    // Trackers join and leave a cluster, and a malicious tracker can name any number of others. Records of trackers that are no longer
    // known are therefore dropped.
    private void Forget()
    {
        var known = Known.ToHashSet();
        _noticed.IntersectWith(known);
        foreach (var gone in _missed.Keys.Concat(_absent.Keys).Concat(_busy.Keys).Where(tracker => !known.Contains(tracker)).ToList())
        {
            _missed.Remove(gone);
            _absent.Remove(gone);
            _busy.Remove(gone);
        }
    }

    private bool MayBeTried(TrackerAddress tracker) => Left(_absent, tracker) == TimeSpan.Zero && Left(_busy, tracker) == TimeSpan.Zero;

    private TimeSpan Left(Dictionary<TrackerAddress, (long Since, TimeSpan Wait)> waits, TrackerAddress tracker)
    {
        if (!waits.TryGetValue(tracker, out var wait))
            return TimeSpan.Zero;
        var left = wait.Wait - _time.GetElapsedTime(wait.Since);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private ulong Weight(TrackerAddress tracker)
    {
        byte[] named = [.. _peer.ToArray(), .. Encoding.UTF8.GetBytes($"{tracker}".ToLowerInvariant())];
        return BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(named));
    }
}
