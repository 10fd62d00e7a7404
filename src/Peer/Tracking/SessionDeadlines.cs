namespace TspActors.Peer.Tracking;

/// <summary>Tracks the deadlines of one session, and decides when a tracker has been silent for too long.</summary>
/// <param name="pending">The open requests.</param>
/// <param name="share">The progress of the share.</param>
/// <param name="settings">The deadlines.</param>
/// <param name="registration">The deadline for the tracker to accept the connection and the registration.</param>
/// <param name="time">The clock.</param>
internal sealed class SessionDeadlines(
    PendingRequests pending, ShareProgress share, LinkSettings settings, TimeSpan registration, TimeProvider time)
{
    private readonly long _begun = time.GetTimestamp();
    private long? _registered;
    private long _shareAdvanced = time.GetTimestamp();

    /// <summary>
    /// True when the tracker has asked for this peer's songs, or need not ask. A tracker sends the request together with its welcome.
    /// </summary>
    public bool HasAskedForSongs { get; private set; }

    /// <summary>A human-readable description of the deadline that the tracker has missed; null if it has missed none.</summary>
    public string? Fault =>
        _registered is not { } registered ? IsOver(_begun, registration)
            ? $"it did not answer within {Format(registration)}" : null
        : !HasAskedForSongs && IsOver(registered, settings.RequestTimeout) ? $"it did not ask for this peer's songs within {Timeout}"
        : share.IsReplyOwed ? pending.HasOverdue && IsOver(_shareAdvanced, settings.ShareTimeout)
            ? $"it did not answer a share within {settings.ShareTimeout.TotalSeconds:0.#} s" : null
        : pending.HasOverdue ? $"it left a request unanswered for {Timeout}"
        : null;

    private string Timeout => Format(settings.RequestTimeout);

    /// <summary>Records the tracker's welcome.</summary>
    public void Registered() => _registered = time.GetTimestamp();

    /// <summary>Records that the tracker has asked for this peer's songs, or need not ask because the peer hosts nothing.</summary>
    public void AskedForSongs() => HasAskedForSongs = true;

    /// <summary>
    /// Records that a batch of the share was sent or answered. The tracker reads nothing more until it has answered the batch, so the
    /// deadlines of the open requests start over.
    /// </summary>
    public void ShareAdvanced()
    {
        _shareAdvanced = time.GetTimestamp();
        pending.RestartDeadlines();
    }

    private static string Format(TimeSpan time) => $"{time.TotalSeconds:0.#} s";

    private bool IsOver(long since, TimeSpan limit) => time.GetElapsedTime(since) > limit;
}
