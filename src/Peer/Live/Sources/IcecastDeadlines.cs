namespace TspActors.Peer.Live.Sources;

/// <summary>The deadlines for a source. The first two are the same as in Icecast.</summary>
internal sealed record IcecastDeadlines
{
    /// <summary>How long the head of a request may take to arrive.</summary>
    public TimeSpan Head { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a source may send nothing before it counts as gone.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The delay before a wrong password is refused, which slows down guessing.</summary>
    public TimeSpan WrongPassword { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the feed may take to reply.</summary>
    public TimeSpan Feed { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the remote end may take to read the last response and close the connection.</summary>
    public TimeSpan Close { get; init; } = TimeSpan.FromSeconds(2);
}
