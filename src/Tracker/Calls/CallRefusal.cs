using TspActors.Protocol;

namespace TspActors.Tracker.Calls;

/// <summary>Creates the call refusals that a tracker sends to requesters.</summary>
internal static class CallRefusal
{
    // The reason that a host gives is shown to users on the requester's side, so it is truncated to this length.
    private const int LongestReason = 200;

    public static readonly Call HostIsGone = Because(ErrorCode.NoHost, "the host is not connected to this tracker");

    public static readonly Call Visitor = Because(
        ErrorCode.Forbidden, "this connection has no listen_port, so no host can be asked to connect to it");

    public static readonly Call TokenInUse = Because(ErrorCode.Forbidden, "the call's token is in use");

    public static readonly Call NoRelay = Because(ErrorCode.NoHost, "no relay has room");

    public static readonly Call NotHere = Because(
        ErrorCode.NoHost, "the host is connected to another tracker in the cluster, and no relay can be arranged for it");

    public static readonly Call RequesterNotReached = Because(
        ErrorCode.Forbidden, "the tracker could not reach this peer's port, so the host could not either");

    /// <summary>Returns the refusal for a call that exceeds a limit.</summary>
    public static Call TooMany(string reason, TimeSpan wait) => new()
    {
        Code = ErrorCode.RateLimited,
        Refusal = reason,
        RetryAfterMs = (uint)Math.Ceiling(wait.TotalMilliseconds),
    };

    /// <summary>Returns a refusal.</summary>
    public static Call Because(ErrorCode code, string reason) => new() { Code = code, Refusal = reason };

    /// <summary>
    /// Returns the refusal of <paramref name="call"/> for its requester. Only the code, the reason and the retry delay in the host's
    /// reply are passed on.
    /// </summary>
    public static Call For(Call call, Call refusal) => new()
    {
        Token = call.Token,
        PeerId = call.PeerId,
        Way = call.Way,
        Code = refusal.Code == ErrorCode.Unknown ? ErrorCode.Forbidden : refusal.Code,
        Refusal = VisibleText.Clean(refusal.Refusal.Length > LongestReason ? refusal.Refusal[..LongestReason] : refusal.Refusal),
        RetryAfterMs = refusal.RetryAfterMs,
    };
}
