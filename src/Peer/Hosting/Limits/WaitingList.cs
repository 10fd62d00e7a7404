namespace TspActors.Peer.Hosting.Limits;

/// <summary>
/// The queue of requesters that were refused for lack of capacity. Each keeps its place for a while without being connected.
/// </summary>
/// <remarks>A pass over the queue is cheap, because <see cref="StreamAdmission"/> limits its length.</remarks>
internal sealed class WaitingList
{
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<(RequesterKey, int), Entry> _byKey = [];
    private readonly RequesterCount _places = new();
    private TimeSpan _forgetAt = TimeSpan.MaxValue;

    /// <summary>The number of places in use.</summary>
    public int Count => _entries.Count;

    /// <summary>Returns the number of places held by a peer, or by all requesters at an address.</summary>
    public int PlacesOf(RequesterKey requester) => _places.CountFor(requester);

    /// <summary>Returns true when the requested stream has a place.</summary>
    public bool Contains(StreamClaim claim) => _byKey.ContainsKey(Key(claim));

    /// <summary>
    /// Returns the place of a requested stream, starting at 1. If the stream has no place, returns the place after the last one.
    /// </summary>
    public int PlaceOf(StreamClaim claim) => _byKey.TryGetValue(Key(claim), out var own) ? _entries.IndexOf(own) + 1 : _entries.Count + 1;

    /// <summary>
    /// Returns the total demand of the requesters ahead of this one, counting only those for which capacity is reserved now. If the claim
    /// is null or has no place, counts the whole queue.
    /// </summary>
    public Wanted Before(StreamClaim? claim, TimeSpan now)
    {
        var own = claim is null ? null : _byKey.GetValueOrDefault(Key(claim));
        var (streams, rate, downloads) = (0, 0.0, 0);
        foreach (var entry in _entries)
        {
            if (entry == own)
                break;
            if (entry.HeldUntil <= now)
                continue;
            streams++;
            rate += entry.Claim.RealTimeRate;
            downloads += entry.Claim.IsDownload ? 1 : 0;
        }

        return new Wanted(streams, rate, downloads);
    }

    /// <summary>Adds a requested stream at the end of the queue. A stream that already has a place keeps it.</summary>
    /// <param name="claim">The requested stream.</param>
    /// <param name="heldUntil">When freed capacity is no longer reserved for the stream.</param>
    /// <param name="until">When the place is dropped, unless the requester asks again.</param>
    public void Keep(StreamClaim claim, TimeSpan heldUntil, TimeSpan until)
    {
        if (!_byKey.TryGetValue(Key(claim), out var entry))
        {
            entry = new Entry(claim);
            _entries.Add(entry);
            _byKey[Key(claim)] = entry;
            _places.Add(claim.Requester);
        }

        entry.Claim = claim;
        (entry.HeldUntil, entry.Until) = (heldUntil, until);
        _forgetAt = until < _forgetAt ? until : _forgetAt;
    }

    /// <summary>Removes a requested stream from the queue.</summary>
    public void Leave(StreamClaim claim)
    {
        if (!_byKey.Remove(Key(claim), out var entry))
            return;
        _entries.Remove(entry);
        _places.Remove(claim.Requester);
    }

    /// <summary>Removes the places of requesters that did not come back.</summary>
    public void Forget(TimeSpan now)
    {
        if (now < _forgetAt)
            return;
        _forgetAt = TimeSpan.MaxValue;
        for (var i = _entries.Count - 1; i >= 0; i--)
        {
            var entry = _entries[i];
            if (entry.Until <= now)
                Leave(entry.Claim);
            else if (entry.Until < _forgetAt)
                _forgetAt = entry.Until;
        }
    }

    private static (RequesterKey, int) Key(StreamClaim claim) => (claim.Requester, claim.SongId);

    /// <summary>The total demand of several requesters.</summary>
    internal readonly record struct Wanted(int Streams, double RealTimeRate, int Downloads);

    private sealed class Entry(StreamClaim claim)
    {
        public StreamClaim Claim { get; set; } = claim;

        public TimeSpan HeldUntil { get; set; }

        public TimeSpan Until { get; set; }
    }
}
