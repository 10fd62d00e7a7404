namespace TspActors.Peer.Hosting.Limits;

/// <summary>Counts what belongs to a peer at an address, and to everybody at that address.</summary>
internal sealed class RequesterCount
{
    private readonly Dictionary<RequesterKey, int> _counts = [];

    /// <summary>What a peer has, or who did not say which peer it is; with <see cref="RequesterKey.AtAddress"/>, everybody there.</summary>
    public int Of(RequesterKey who) => _counts.GetValueOrDefault(who);

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
