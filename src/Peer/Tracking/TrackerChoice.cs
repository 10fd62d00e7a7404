using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using TspActors.Configuration;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>Which tracker is tried next, and which one this peer prefers while it is connected to another.</summary>
/// <remarks>
/// Trackers are tried in rounds, each once in a round and one right after the other; only between two rounds there is a wait. A cluster's
/// trackers share their peers by rendezvous hashing: of all trackers a peer prefers the one whose name, hashed with the peer's id, gives
/// the highest number, so that each has its part of the peers, and one that goes or comes moves only its own. Without a cluster the order
/// is the configured one.
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
    private readonly List<TrackerAddress> _told = [];
    private readonly Queue<TrackerAddress> _untried = [];
    private readonly HashSet<TrackerAddress> _inRound = [];
    private readonly HashSet<TrackerAddress> _refusing = [];
    private readonly HashSet<TrackerAddress> _noticed = [];
    private readonly Dictionary<TrackerAddress, Backoff> _missed = [];
    private readonly Dictionary<TrackerAddress, (long Since, TimeSpan Wait)> _absent = [];
    private readonly Dictionary<TrackerAddress, (long Since, TimeSpan Wait)> _busy = [];
    private (TrackerAddress Tracker, string Reason)? _lastRefusal;

    /// <param name="peer">Who chooses.</param>
    /// <param name="configured">At least one, in the order to try them.</param>
    /// <param name="settings">Waits and bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Spreads the waits.</param>
    public TrackerChoice(PeerId peer, IReadOnlyList<TrackerAddress> configured, LinkSettings settings, TimeProvider time, Random random)
    {
        (_peer, _configured, _settings, _time, _random) = (peer, configured, settings, time, random);
        _rounds = new Backoff(settings.ReconnectMin, settings.ReconnectMax, random);
        Refill(null);
    }

    /// <summary>Every tracker that is known, in the order to try them.</summary>
    public IReadOnlyList<TrackerAddress> Known
    {
        get
        {
            var known = _configured.Concat(_told).DistinctBy(tracker => $"{tracker}".ToLowerInvariant());
            return [.. _told.Count == 0 ? known : known.OrderByDescending(Weight)];
        }
    }

    /// <summary>The next tracker of this round.</summary>
    /// <returns>False when every one was tried.</returns>
    public bool TryNext([NotNullWhen(true)] out TrackerAddress? tracker) => _untried.TryDequeue(out tracker);

    /// <summary>
    /// Who refused last, and why, when every configured tracker has refused this peer in this round and no other one is left to try; else
    /// null.
    /// </summary>
    public (TrackerAddress Tracker, string Reason)? FinalRefusal =>
        _untried.Count == 0 && _configured.All(_refusing.Contains) ? _lastRefusal : null;

    /// <summary>Begins a new round, as no tracker was left in the last one.</summary>
    /// <returns>The wait before it: at least until one of the trackers wants to be asked again.</returns>
    public TimeSpan NextRound()
    {
        Refill(null);
        var (backoff, soonest) = (_rounds.Next(), Known.Min(tracker => Left(_busy, tracker)));
        return backoff > soonest ? backoff : soonest;
    }

    /// <summary>The connection to a tracker was lost.</summary>
    /// <param name="tracker">Which one.</param>
    /// <param name="wasSteady">True when it had lasted for a while: then all the others are worth a try at once. One that lets peers in and
    ///   drops them does not begin a round, and counts as missed.</param>
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
    /// A tracker does not want this peer, as the access key is another one, say. That will not go away by itself; another tracker may want
    /// it.
    /// </summary>
    /// <returns>True when that is news to the peer's owner.</returns>
    public bool Refused(TrackerAddress tracker, string reason)
    {
        _refusing.Add(tracker);
        _lastRefusal = (tracker, reason);
        return _noticed.Add(tracker) && FinalRefusal is null;
    }

    /// <summary>The connection to a tracker has lasted for a while: what was missed there before counts no more.</summary>
    public void Held(TrackerAddress tracker)
    {
        _missed.Remove(tracker);
        _absent.Remove(tracker);
    }

    /// <summary>
    /// Registered at a tracker that named these others of its cluster. What is not host:port, or too much, is passed over.
    /// </summary>
    public void Welcomed(TrackerAddress tracker, IEnumerable<string> alternatives)
    {
        _busy.Remove(tracker);
        _refusing.Remove(tracker);
        var named = alternatives.Take(_settings.MaxToldTrackers)
            .Select(name => name.Length <= LongestName
                && HostPort.TryParse(name, null, out var address)
                    ? new TrackerAddress(address.Host.ToLowerInvariant(), address.Port)
                    : null)
            .OfType<TrackerAddress>().Distinct().ToList();
        if (named.Count == 0)
            return;
        // The newest last: those that no tracker names any more are forgotten first.
        _told.RemoveAll(named.Contains);
        _told.AddRange(named);
        _told.RemoveRange(0, Math.Max(0, _told.Count - _settings.MaxToldTrackers));
        Forget();
        foreach (var known in Known)
            Enqueue(known);
    }

    /// <summary>A tracker does not want to be asked for a while.</summary>
    public void Avoid(TrackerAddress tracker, TimeSpan wait) => _busy[tracker] = (_time.GetTimestamp(), wait);

    /// <summary>
    /// A tracker that was tried is not there, or does not stay: it comes last in the next rounds, and is not moved to for a while, longer
    /// each time.
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

    /// <summary>
    /// The best of the trackers this peer would rather be connected to than that one that may be tried now; null when there is none.
    /// </summary>
    public TrackerAddress? Preferred(TrackerAddress connected) =>
        _told.Count > 0 ? Known.TakeWhile(tracker => tracker != connected).FirstOrDefault(MayBeTried) : null;

    /// <summary>The best tracker beside that one that may be tried now; null when there is none.</summary>
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
        // What is known not to answer costs a deadline each.
        foreach (var tracker in Known.OrderBy(tracker => Left(_absent, tracker) > TimeSpan.Zero))
            Enqueue(tracker);
    }

    private void Enqueue(TrackerAddress tracker)
    {
        if (_inRound.Add(tracker))
            _untried.Enqueue(tracker);
    }

    // Trackers come and go in a cluster, and a lying one can name any number.
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
