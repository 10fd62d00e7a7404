namespace TspActors.Peer.Hosting.Limits;

/// <summary>Counts streams or queue places per address, and per peer at an address.</summary>
internal sealed class RequesterCount
{
    private readonly Dictionary<RequesterKey, int> _counts = [];

    /// <summary>
    /// Returns the count for a peer at an address. For a key without a peer (<see cref="RequesterKey.WithoutPeer()"/>), returns the count
    /// for all requesters at the address.
    /// </summary>
    public int CountFor(RequesterKey requester) => _counts.GetValueOrDefault(requester);

    public void Add(RequesterKey requester) => Change(requester, 1);

    public void Remove(RequesterKey requester) => Change(requester, -1);

    private void Change(RequesterKey requester, int by)
    {
        ChangeOne(requester.WithoutPeer(), by);
        if (requester.Peer is not null)
            ChangeOne(requester, by);
    }

    private void ChangeOne(RequesterKey requester, int by)
    {
        var count = _counts.GetValueOrDefault(requester) + by;
        if (count == 0)
            _counts.Remove(requester);
        else
            _counts[requester] = count;
    }
}
