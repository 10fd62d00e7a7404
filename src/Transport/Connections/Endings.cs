namespace TspActors.Transport.Connections;

/// <summary>
/// Decides which reason is reported for the end of a connection: the first one, unless something worse happens before the connection ends.
/// </summary>
internal static class Endings
{
    /// <summary>Returns the reason for an orderly close that begins now.</summary>
    public static ConnectionClosed Begin(ConnectionClosed ending, bool inputEnded) =>
        inputEnded && ending.Reason == CloseReason.ClosedHere
            ? new ConnectionClosed(CloseReason.ClosedByRemote, "closed by the remote end")
            : ending;

    /// <summary>Returns whether nothing went wrong, in which case a slow remote end may still receive the rest.</summary>
    public static bool IsOrderly(ConnectionClosed ending) => ending.Reason is CloseReason.ClosedHere or CloseReason.ClosedByRemote;

    /// <summary>Returns the reason to report if the close took too long.</summary>
    public static ConnectionClosed Overdue(ConnectionClosed ending) =>
        IsOrderly(ending)
            ? new ConnectionClosed(CloseReason.TimedOut, "the remote end did not receive everything and close in time")
            : ending;

    /// <summary>Returns the reason to report once the socket is gone.</summary>
    /// <param name="ending">The reason so far; null = the end was unexpected.</param>
    /// <param name="cause">The operating system's error, if any.</param>
    /// <param name="wasSent">Whether everything queued was sent.</param>
    public static ConnectionClosed Complete(ConnectionClosed? ending, string? cause, bool wasSent) =>
        ending is null || (ending.Reason is CloseReason.ClosedHere or CloseReason.ClosedByRemote && !wasSent)
            ? new ConnectionClosed(CloseReason.Lost, cause is null ? "the connection was lost" : $"the connection was lost: {cause}")
            : ending;
}
