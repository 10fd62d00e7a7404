namespace TspActors.Peer.Tracking;

/// <summary>Tracks the status of the tracker link, and decides which changes are reported to the user.</summary>
internal sealed class StatusChangeFilter(LinkStatus first)
{
    private LinkStatus _last = first;

    /// <summary>The current status.</summary>
    public LinkStatus Current { get; private set; } = first;

    /// <summary>Sets the status without reporting it to the user, because it may soon change again.</summary>
    public void Set(LinkStatus status) => Current = status;

    /// <summary>Sets the status.</summary>
    /// <returns>True when the status must be reported to the user, because it differs visibly from the last reported
    ///   status.</returns>
    public bool Update(LinkStatus status)
    {
        Current = status;
        var isNews = status.Connected != _last.Connected || status.Detail != _last.Detail || status.Final != _last.Final;
        if (isNews)
            _last = status;
        return isNews;
    }
}
