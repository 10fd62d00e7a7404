using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Tracking;

/// <summary>The reason why a session ended.</summary>
/// <param name="Cause">The cause, which determines how the TrackerLinkActor reacts.</param>
/// <param name="Reason">The human-readable reason.</param>
/// <param name="RetryAfter">How long the tracker asks the peer to stay away; only with <see cref="EndCause.Busy"/>.</param>
internal sealed record SessionEnd(EndCause Cause, string Reason, TimeSpan RetryAfter = default)
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(10);

    /// <summary>Returns the reason why a session ended, derived from the ERROR that closed its connection.</summary>
    public static SessionEnd FromError(Error error) => error.Code switch
    {
        ErrorCode.Unauthenticated => new SessionEnd(EndCause.Refused, ReasonFrom(error)),
        ErrorCode.Replaced => new SessionEnd(EndCause.Replaced, ReasonFrom(error)),
        ErrorCode.Busy or ErrorCode.RateLimited => new SessionEnd(EndCause.Busy, ReasonFrom(error), RetryTime(error)),
        _ => new SessionEnd(EndCause.Lost, ReasonFrom(error)),
    };

    /// <summary>Returns the reason why a message from the connection, or a parsed frame, ends the session; null if it does not.</summary>
    public static string? ReasonFrom(object message) => message switch
    {
        ConnectFailed failed => failed.Reason,
        ConnectionClosed closed => closed.Message,
        InputEnded => "the tracker closed the connection",
        ConnectionGone => "the connection failed",
        ProtocolBroken broken => $"it sent something that is not TSP: {broken.Message}",
        SongPage or SongInfoPage or PlayGrant => "it sent a reply that was not asked for",
        _ => null,
    };

    private static string ReasonFrom(Error error) =>
        string.IsNullOrWhiteSpace(error.Message) ? $"it reported an error without a reason ({error.Code})" : error.Message;

    private static TimeSpan RetryTime(Error error)
    {
        var told = TimeSpan.FromMilliseconds(error.RetryAfterMs);
        return told < LongestRetry ? told : LongestRetry;
    }
}

/// <summary>The possible causes of a session's end.</summary>
internal enum EndCause
{
    /// <summary>The tracker could not be reached, closed the connection, failed, was too slow, or broke the protocol.</summary>
    Lost,

    /// <summary>The tracker has refused this peer, for example because of its access key.</summary>
    Refused,

    /// <summary>The tracker did not prove who it is, for example because its key has changed.</summary>
    Untrusted,

    /// <summary>The tracker is full or too busy for now.</summary>
    Busy,

    /// <summary>The tracker says that another connection is using this peer's id.</summary>
    Replaced,
}

/// <summary>The actor of a session's connection has stopped.</summary>
internal sealed record ConnectionGone : ILocalMessage
{
    public static readonly ConnectionGone Instance = new();
}
