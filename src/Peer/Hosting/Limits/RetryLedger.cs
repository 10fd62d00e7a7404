namespace TspActors.Peer.Hosting.Limits;

/// <summary>Remembers how long refused requesters were told to wait, which of them asked sooner, and which were cut off for it.</summary>
/// <remarks>
/// Several who cannot be told apart (without an id, behind one address) may wait for one song: each time that was told may be used once.
/// Bounded: of too many requesters the one heard of longest ago is forgotten.
/// </remarks>
internal sealed class RetryLedger
{
    /// <summary>Most requesters remembered.</summary>
    public const int MaxRequesters = 10_000;

    // Times told to one requester; of more the first is forgotten.
    private const int MaxTold = 64;

    // A requester that is this late will not come.
    private static readonly TimeSpan LongestLate = TimeSpan.FromMinutes(1);

    // Clocks and timers need not agree to the millisecond.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<RequesterKey, LinkedListNode<Record>> _records = [];
    private readonly LinkedList<Record> _byAge = [];

    /// <summary>Requesters remembered now.</summary>
    public int Count => _records.Count;

    /// <summary>Returns how much of its penalty a requester still has to wait; zero = it has none.</summary>
    public TimeSpan PenaltyLeft(RequesterKey who, TimeSpan now) =>
        _records.TryGetValue(who, out var node) && node.Value.PenaltyUntil > now ? node.Value.PenaltyUntil - now : TimeSpan.Zero;

    /// <summary>Returns how much too soon a requester asks; zero = it waited as it was told, or was told nothing.</summary>
    public TimeSpan Early(StreamClaim claim, TimeSpan now)
    {
        if (!_records.TryGetValue(claim.Who, out var node))
            return TimeSpan.Zero;
        var next = TimeSpan.Zero;
        foreach (var (song, until) in node.Value.Told)
        {
            if (song != claim.SongId)
                continue;
            if (until - Tolerance <= now)
                return TimeSpan.Zero;
            next = next == TimeSpan.Zero || until < next ? until : next;
        }

        return next == TimeSpan.Zero ? next : next - now;
    }

    /// <summary>It asked too soon.</summary>
    /// <returns>How often it has done so.</returns>
    public int Strike(RequesterKey who) => ++_records[who].Value.Strikes;

    /// <summary>From now on it is refused at once.</summary>
    public void Penalize(RequesterKey who, TimeSpan now, TimeSpan penalty)
    {
        var record = Touch(who, now, now + penalty);
        (record.PenaltyUntil, record.Strikes) = (now + penalty, 0);
        record.Told.Clear();
    }

    /// <summary>It was refused and told to ask again at that time.</summary>
    /// <param name="claim">What it asked for.</param>
    /// <param name="now">The time.</param>
    /// <param name="until">When it is to ask again.</param>
    /// <param name="memory">How long after that it is remembered.</param>
    public void Told(StreamClaim claim, TimeSpan now, TimeSpan until, TimeSpan memory)
    {
        var told = Touch(claim.Who, now, until + memory).Told;
        told.RemoveAll(earlier => earlier.Until + LongestLate < now);
        // The time that it has waited for, where it has, is used up.
        var used = told.FindIndex(earlier => earlier.SongId == claim.SongId && earlier.Until - Tolerance <= now);
        if (used >= 0)
            told.RemoveAt(used);
        if (told.Count == MaxTold)
            told.RemoveAt(0);
        told.Add((claim.SongId, until));
    }

    /// <summary>It got what it asked for.</summary>
    public void Served(StreamClaim claim)
    {
        if (!_records.TryGetValue(claim.Who, out var node))
            return;
        node.Value.Strikes = 0;
        var used = node.Value.Told.FindIndex(told => told.SongId == claim.SongId);
        if (used >= 0)
            node.Value.Told.RemoveAt(used);
    }

    private Record Touch(RequesterKey who, TimeSpan now, TimeSpan forgetAt)
    {
        while (_byAge.First is { } oldest && (oldest.Value.ForgetAt <= now || _records.Count > MaxRequesters))
        {
            _records.Remove(oldest.Value.Who);
            _byAge.RemoveFirst();
        }

        if (_records.TryGetValue(who, out var node))
            _byAge.Remove(node);
        else
            _records[who] = node = new LinkedListNode<Record>(new Record(who));
        _byAge.AddLast(node);
        node.Value.ForgetAt = forgetAt > node.Value.ForgetAt ? forgetAt : node.Value.ForgetAt;
        return node.Value;
    }

    private sealed class Record(RequesterKey who)
    {
        public RequesterKey Who => who;

        public List<(int SongId, TimeSpan Until)> Told { get; } = [];

        public int Strikes { get; set; }

        public TimeSpan PenaltyUntil { get; set; }

        public TimeSpan ForgetAt { get; set; }
    }
}
