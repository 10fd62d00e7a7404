namespace TspActors.Peer.Tracking;

/// <summary>The deadlines of one session: decides when a tracker has been silent for too long.</summary>
internal sealed class SessionDeadlines(PendingRequests pending, ShareProgress share, LinkSettings settings, TimeProvider time)
{
    private readonly long _begun = time.GetTimestamp();
    private long? _registered;
    private long _shareAdvanced = time.GetTimestamp();

    /// <summary>True when the tracker has asked for this peer's songs, as every tracker does with its welcome.</summary>
    public bool HasAskedForSongs { get; private set; }

    /// <summary>The deadline that the tracker missed, for users; null while it keeps them all.</summary>
    public string? Fault =>
        _registered is not { } registered ? IsOver(_begun, settings.RequestTimeout) ? $"it did not answer within {Timeout}" : null
        : !HasAskedForSongs && IsOver(registered, settings.RequestTimeout) ? $"it did not ask for this peer's songs within {Timeout}"
        : share.IsReplyOwed ? pending.HasOverdue && IsOver(_shareAdvanced, settings.ShareTimeout)
            ? $"it did not answer a share within {settings.ShareTimeout.TotalSeconds:0.#} s" : null
        : pending.HasOverdue ? $"it left a request unanswered for {Timeout}"
        : null;

    private string Timeout => $"{settings.RequestTimeout.TotalSeconds:0.#} s";

    /// <summary>Notes the tracker's welcome.</summary>
    public void Registered() => _registered = time.GetTimestamp();

    /// <summary>Notes that the tracker asked for this peer's songs.</summary>
    public void AskedForSongs() => HasAskedForSongs = true;

    /// <summary>
    /// Notes that a batch of the share was sent or answered. The tracker reads nothing more until it has answered a batch, so the open
    /// requests get their whole deadline from now on.
    /// </summary>
    public void ShareAdvanced()
    {
        _shareAdvanced = time.GetTimestamp();
        pending.RestartDeadlines();
    }

    private bool IsOver(long since, TimeSpan limit) => time.GetElapsedTime(since) > limit;
}
