namespace TspActors.Peer.Hosting.Limits;

/// <summary>Remembers when refused requesters may ask again, how often each asked too early, and which ones are being penalized.</summary>
/// <remarks>
/// Requesters without an id at the same address share a key, and may wait for the same song. Each retry time therefore counts for one
/// request only. The ledger is bounded: when it is full, it forgets the requester whose last refusal is the oldest.
/// </remarks>
internal sealed class RetryLedger
{
    /// <summary>The maximum number of requesters remembered.</summary>
    public const int MaxRequesters = 10_000;

    // The maximum number of retry times kept for one requester; the oldest is dropped first.
    private const int MaxRetryTimes = 64;

    // A requester that is this late is assumed not to be coming back.
    private static readonly TimeSpan LongestLate = TimeSpan.FromMinutes(1);

    // A request may arrive early by this much, because clocks and timers are not exact.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<RequesterKey, LinkedListNode<Record>> _records = [];
    private readonly LinkedList<Record> _byAge = [];

    /// <summary>The number of requesters currently remembered.</summary>
    public int Count => _records.Count;

    /// <summary>Returns the remaining time of a requester's penalty; zero when it has none.</summary>
    public TimeSpan PenaltyLeft(RequesterKey requester, TimeSpan now) =>
        _records.TryGetValue(requester, out var node) && node.Value.PenaltyUntil > now ? node.Value.PenaltyUntil - now : TimeSpan.Zero;

    /// <summary>
    /// Returns by how much a request is too early; zero when the requester has waited long enough or has no retry time for this song.
    /// </summary>
    public TimeSpan TimeTooEarly(StreamClaim claim, TimeSpan now)
    {
        if (!_records.TryGetValue(claim.Requester, out var node))
            return TimeSpan.Zero;
        var next = TimeSpan.Zero;
        foreach (var (song, until) in node.Value.RetryTimes)
        {
            if (song != claim.SongId)
                continue;
            if (until - Tolerance <= now)
                return TimeSpan.Zero;
            next = next == TimeSpan.Zero || until < next ? until : next;
        }

        return next == TimeSpan.Zero ? next : next - now;
    }

    /// <summary>Counts a request that came too early.</summary>
    /// <returns>The number of such requests since the requester was last served or penalized.</returns>
    public int Strike(RequesterKey requester) => ++_records[requester].Value.Strikes;

    /// <summary>Starts a penalty, during which every request from the requester is refused.</summary>
    public void Penalize(RequesterKey requester, TimeSpan now, TimeSpan penalty)
    {
        var record = Touch(requester, now, now + penalty);
        (record.PenaltyUntil, record.Strikes) = (now + penalty, 0);
        record.RetryTimes.Clear();
    }

    /// <summary>Records that a requester was refused, and when it should ask again.</summary>
    /// <param name="claim">The refused stream.</param>
    /// <param name="now">The current time.</param>
    /// <param name="until">When the requester should ask again.</param>
    /// <param name="memory">How long to remember the requester after <paramref name="until"/>.</param>
    public void RecordRefusal(StreamClaim claim, TimeSpan now, TimeSpan until, TimeSpan memory)
    {
        var times = Touch(claim.Requester, now, until + memory).RetryTimes;
        times.RemoveAll(earlier => earlier.Until + LongestLate < now);
        // If a retry time for this song has passed, this request uses it up.
        var used = times.FindIndex(earlier => earlier.SongId == claim.SongId && earlier.Until - Tolerance <= now);
        if (used >= 0)
            times.RemoveAt(used);
        if (times.Count == MaxRetryTimes)
            times.RemoveAt(0);
        times.Add((claim.SongId, until));
    }

    /// <summary>Records that a stream was admitted.</summary>
    public void RecordServed(StreamClaim claim)
    {
        if (!_records.TryGetValue(claim.Requester, out var node))
            return;
        node.Value.Strikes = 0;
        var used = node.Value.RetryTimes.FindIndex(time => time.SongId == claim.SongId);
        if (used >= 0)
            node.Value.RetryTimes.RemoveAt(used);
    }

    private Record Touch(RequesterKey requester, TimeSpan now, TimeSpan forgetAt)
    {
        while (_byAge.First is { } oldest && (oldest.Value.ForgetAt <= now || _records.Count > MaxRequesters))
        {
            _records.Remove(oldest.Value.Requester);
            _byAge.RemoveFirst();
        }

        if (_records.TryGetValue(requester, out var node))
            _byAge.Remove(node);
        else
            _records[requester] = node = new LinkedListNode<Record>(new Record(requester));
        _byAge.AddLast(node);
        node.Value.ForgetAt = forgetAt > node.Value.ForgetAt ? forgetAt : node.Value.ForgetAt;
        return node.Value;
    }

    private sealed class Record(RequesterKey requester)
    {
        public RequesterKey Requester => requester;

        public List<(int SongId, TimeSpan Until)> RetryTimes { get; } = [];

        public int Strikes { get; set; }

        public TimeSpan PenaltyUntil { get; set; }

        public TimeSpan ForgetAt { get; set; }
    }
}
