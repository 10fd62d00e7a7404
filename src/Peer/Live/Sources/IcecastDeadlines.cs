namespace TspActors.Peer.Live.Sources;

/// <summary>The deadlines for a source. The first two are the same as in Icecast.</summary>
internal sealed record IcecastDeadlines
{
    /// <summary>The time within which the head of a request must arrive.</summary>
    public TimeSpan Head { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The time without a byte after which a source counts as gone.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The delay before a wrong password is refused, which slows down guessing.</summary>
    public TimeSpan WrongPassword { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The time within which the feed must answer.</summary>
    public TimeSpan Feed { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time for the remote end to read the last answer and to close.</summary>
    public TimeSpan Close { get; init; } = TimeSpan.FromSeconds(2);
}
