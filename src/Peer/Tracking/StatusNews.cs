namespace TspActors.Peer.Tracking;

/// <summary>The status of the link, and the status that the user was told last. Decides which changes are news.</summary>
internal sealed class StatusNews(LinkStatus first)
{
    private LinkStatus _told = first;

    /// <summary>The status now.</summary>
    public LinkStatus Current { get; private set; } = first;

    /// <summary>Sets the status without telling anyone, as it may change again in a moment.</summary>
    public void Set(LinkStatus status) => Current = status;

    /// <summary>Sets the status.</summary>
    /// <returns>True when the user should be told: the connection or its detail differs from what was told last.</returns>
    public bool Update(LinkStatus status)
    {
        Current = status;
        var isNews = status.Connected != _told.Connected || status.Detail != _told.Detail || status.Final != _told.Final;
        if (isNews)
            _told = status;
        return isNews;
    }
}
