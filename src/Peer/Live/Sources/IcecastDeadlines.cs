namespace TspActors.Peer.Live.Sources;

/// <summary>How long a source may take. The first two are those of Icecast.</summary>
internal sealed record IcecastDeadlines
{
    /// <summary>The time for the head of a request.</summary>
    public TimeSpan Head { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The time without a byte after which a source is gone.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The delay before a wrong password is refused, which slows down guessing.</summary>
    public TimeSpan WrongPassword { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The time in which the feed must answer.</summary>
    public TimeSpan Feed { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time for the remote end to read the last answer and to close.</summary>
    public TimeSpan Close { get; init; } = TimeSpan.FromSeconds(2);
}
