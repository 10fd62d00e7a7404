namespace TspActors.Peer.Hosting.Limits;

/// <summary>Counts things per peer at an address, and per address.</summary>
internal sealed class RequesterCount
{
    private readonly Dictionary<RequesterKey, int> _counts = [];

    /// <summary>Returns the count of a peer at an address; with <see cref="RequesterKey.AtAddress"/>, of everyone there.</summary>
    public int CountFor(RequesterKey who) => _counts.GetValueOrDefault(who);

    public void Add(RequesterKey who) => Change(who, 1);

    public void Remove(RequesterKey who) => Change(who, -1);

    private void Change(RequesterKey who, int by)
    {
        ChangeOne(who.AtAddress, by);
        if (who.Peer is not null)
            ChangeOne(who, by);
    }

    private void ChangeOne(RequesterKey who, int by)
    {
        var count = _counts.GetValueOrDefault(who) + by;
        if (count == 0)
            _counts.Remove(who);
        else
            _counts[who] = count;
    }
}
