namespace TspActors.Peer.Hosting.Limits;

/// <summary>Counts things per peer at an address, and per address.</summary>
internal sealed class RequesterCount
{
    private readonly Dictionary<RequesterKey, int> _counts = [];

    /// <summary>Returns the count of a peer at an address; with <see cref="RequesterKey.WithoutPeer()"/>, of everyone there.</summary>
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
