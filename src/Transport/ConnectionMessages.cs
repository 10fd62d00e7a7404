using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;

namespace TspActors.Transport;

// What a TspConnectionActor tells its session ------------------------------------------------------------------------------------

/// <summary>
/// The socket is open; <paramref name="Connection"/> takes the commands below. Reading begins with the first <see cref="ReadMore"/>.
/// </summary>
public sealed record ConnectionOpened(IActorRef Connection, IPEndPoint Remote, IPEndPoint Local) : ILocalMessage;

/// <summary>An outgoing connection could not be made; nothing else follows.</summary>
/// <param name="Reason">For people: what was tried and what happened.</param>
public sealed record ConnectFailed(string Reason) : ILocalMessage;

/// <summary>All frames that one read brought; at least one. No more are read until <see cref="ReadMore"/>.</summary>
public sealed record FramesReceived(ImmutableArray<Frame> Frames) : ILocalMessage;

/// <summary>
/// The remote end has closed its sending side at a frame boundary and may still read; the session finishes what it owes and closes.
/// </summary>
public sealed record InputEnded : ILocalMessage
{
    public static readonly InputEnded Instance = new();
}

/// <summary>
/// The bytes of the <see cref="Send"/> with this token were taken by the operating system. Told to the sender of that <see cref="Send"/>,
/// which need not be the session.
/// </summary>
public sealed record Sent(object Token) : ILocalMessage;

/// <summary>The connection is gone; nothing else follows.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Message">The same, for people.</param>
/// <param name="Violation">Where the remote end broke the protocol: the code of the ERROR that it was sent.</param>
public sealed record ConnectionClosed(
    CloseReason Reason, string Message, ErrorCode? Violation = null) : ILocalMessage, IDeadLetterSuppression;

/// <summary>Why a connection ended.</summary>
public enum CloseReason
{
    /// <summary>This side closed it, and everything queued was sent.</summary>
    ClosedHere,

    /// <summary>The remote end closed it.</summary>
    ClosedByRemote,

    /// <summary>The remote end closed it in the middle of a frame, or it was reset or lost.</summary>
    Lost,

    /// <summary>The remote end broke the protocol; an ERROR was sent.</summary>
    Violation,

    /// <summary>A deadline passed: first frame, idle, silent, stalled writer or close.</summary>
    TimedOut,

    /// <summary>It was closed with ERROR(BUSY): others need its place, or there is no room for its frame.</summary>
    GaveWay,

    /// <summary>This side cut it.</summary>
    Aborted,
}

/// <summary>The reply to <see cref="ProveLife"/>: the remote end is there. There is none when it is not.</summary>
public sealed record LifeShown : ILocalMessage, IDeadLetterSuppression
{
    public static readonly LifeShown Instance = new();
}

// What a session tells its TspConnectionActor --------------------------------------------------------------------------------------

/// <summary>Reads on: asks for the next <see cref="FramesReceived"/>. Back-pressure is not to send it.</summary>
public sealed record ReadMore : ILocalMessage, IDeadLetterSuppression
{
    public static readonly ReadMore Instance = new();
}

/// <summary>
/// Sends bytes (whole frames, or parts of one in order). Never copied: they must stay as they are until <see cref="Sent"/>.
/// </summary>
/// <param name="First">The bytes.</param>
/// <param name="Second">More bytes for the same write, e.g. a body after its header.</param>
/// <param name="Token">Comes back in <see cref="Sent"/>; null = no answer wanted.</param>
public sealed record Send(ReadOnlyMemory<byte> First, ReadOnlyMemory<byte> Second = default, object? Token = null)
    : ILocalMessage, IDeadLetterSuppression;

/// <summary>
/// From now on this link has a heartbeat: a PING is sent after <paramref name="Interval"/> without a frame, and a link silent for three is
/// closed as <see cref="CloseReason.TimedOut"/>. Replaces the idle deadline. The session answers PINGs itself, in order.
/// </summary>
/// <param name="Interval">The time without a frame.</param>
/// <param name="Bodies">The bodies that are accepted from the next frame on; null = as before.</param>
public sealed record KeepAlive(TimeSpan Interval, BodyRules? Bodies = null) : ILocalMessage, IDeadLetterSuppression;

/// <summary>
/// Asks whether the remote end is there: sends PING, and tells the sender <see cref="LifeShown"/> as soon as anything comes. While nothing
/// is read the remote end cannot be heard, and counts as alive.
/// </summary>
public sealed record ProveLife : ILocalMessage, IDeadLetterSuppression
{
    public static readonly ProveLife Instance = new();
}

/// <summary>No deadline on the remote end's silence (a listener that only takes a stream); the stalled-writer deadline stays.</summary>
public sealed record AllowSilence(bool Allowed) : ILocalMessage, IDeadLetterSuppression;

/// <summary>
/// Sends what is queued, then <paramref name="LastWords"/> (a whole frame; may be empty), then closes; with a deadline on it.
/// </summary>
public sealed record CloseConnection(ReadOnlyMemory<byte> LastWords = default) : ILocalMessage, IDeadLetterSuppression;

/// <summary>Cuts the connection at once; what is queued is lost.</summary>
public sealed record AbortConnection : ILocalMessage, IDeadLetterSuppression
{
    public static readonly AbortConnection Instance = new();
}

// The server ------------------------------------------------------------------------------------------------------------------

/// <summary>Tells the server's owner which address it is bound to.</summary>
public sealed record Listening(IPEndPoint Address) : ILocalMessage;

/// <summary>
/// The server could not bind; for people: the address and why (port in use, no permission, no such address). It has stopped.
/// </summary>
public sealed record ListenFailed(string Reason) : ILocalMessage;

/// <summary>
/// Takes no new connections, tells every session <see cref="DrainRequested"/>, and answers <see cref="Drained"/> when all are closed or the
/// deadline has passed (the rest is cut then).
/// </summary>
public sealed record Drain(TimeSpan Deadline) : ILocalMessage;

/// <summary>To a session: the program is going down; finish what you owe and close.</summary>
public sealed record DrainRequested : ILocalMessage, IDeadLetterSuppression
{
    public static readonly DrainRequested Instance = new();
}

/// <summary>All connections of the server are closed.</summary>
public sealed record Drained : ILocalMessage
{
    public static readonly Drained Instance = new();
}
