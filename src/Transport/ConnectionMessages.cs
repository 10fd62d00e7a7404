using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using TspActors.Protocol;
using TspActors.Transport.Tls;

namespace TspActors.Transport;

// From a TspConnectionActor to its session ---------------------------------------------------------------------------------------

/// <summary>
/// The connection is open, and <paramref name="Connection"/> accepts the commands below. Reading starts at the first
/// <see cref="ReadMore"/>.
/// </summary>
/// <param name="Connection">The connection.</param>
/// <param name="Remote">The address of the remote end.</param>
/// <param name="Local">The address of this end.</param>
/// <param name="IsSecure">True if the connection is encrypted with TLS.</param>
/// <param name="RemoteKey">The id of the key that the remote end has proved it holds; null if the connection is plain, or if the remote end
///   presented no certificate.</param>
/// <param name="OwnKey">The id of the key that this side uses on this connection; null if the connection is plain. A renewal may have
///   replaced the key since.</param>
public sealed record ConnectionOpened(
    IActorRef Connection, IPEndPoint Remote, IPEndPoint Local, bool IsSecure = false, KeyId? RemoteKey = null, KeyId? OwnKey = null)
    : ILocalMessage;

/// <summary>An outgoing connection could not be opened. No other message follows.</summary>
/// <param name="Reason">A human-readable description of the attempt and its failure.</param>
/// <param name="Tls">Why the TLS handshake failed; null = the connection failed before it.</param>
public sealed record ConnectFailed(string Reason, TlsFailure? Tls = null) : ILocalMessage;

/// <summary>The frames that one read completed: at least one. The connection stops reading until <see cref="ReadMore"/>.</summary>
public sealed record FramesReceived(ImmutableArray<Frame> Frames) : ILocalMessage;

/// <summary>
/// Bytes from a connection that no longer carries frames (<see cref="BeginRaw"/>). The connection stops reading until
/// <see cref="ReadMore"/>.
/// </summary>
/// <param name="Bytes">The bytes, at least one, in an array that does not change.</param>
public sealed record RawReceived(ReadOnlyMemory<byte> Bytes) : ILocalMessage;

/// <summary>
/// The remote end closed its sending side at a frame boundary, but may still read. The session sends its outstanding replies and closes.
/// </summary>
public sealed record InputEnded : ILocalMessage
{
    public static readonly InputEnded Instance = new();
}

/// <summary>
/// The operating system has accepted all bytes of the <see cref="Send"/> with this token. The message goes to the sender of that
/// <see cref="Send"/>, which need not be the session.
/// </summary>
public sealed record Sent(object Token) : ILocalMessage;

/// <summary>The connection is gone. No other message follows.</summary>
/// <param name="Reason">Why the connection ended.</param>
/// <param name="Message">A human-readable description of the reason.</param>
/// <param name="Violation">The code of the ERROR that was sent, if the remote end broke the protocol.</param>
public sealed record ConnectionClosed(
    CloseReason Reason, string Message, ErrorCode? Violation = null) : ILocalMessage;

/// <summary>Why a connection ended.</summary>
public enum CloseReason
{
    /// <summary>This side closed the connection, and everything queued was sent.</summary>
    ClosedHere,

    /// <summary>The remote end closed the connection between two frames, and everything queued was sent.</summary>
    ClosedByRemote,

    /// <summary>The remote end closed the connection in the middle of a frame, or the connection was reset or lost.</summary>
    Lost,

    /// <summary>The remote end broke the protocol; an ERROR was sent.</summary>
    Violation,

    /// <summary>A deadline passed, for example for the first frame, the next heartbeat or the close.</summary>
    TimedOut,

    /// <summary>
    /// This side closed the connection with ERROR(BUSY): a new connection needed the seat, or there was no room for a frame.
    /// </summary>
    GaveWay,

    /// <summary>This side dropped the connection without an orderly close.</summary>
    Aborted,
}

/// <summary>
/// The reply to <see cref="ProveLife"/>: bytes arrived, or the connection is not reading.
/// </summary>
public sealed record LifeShown : ILocalMessage
{
    public static readonly LifeShown Instance = new();
}

/// <summary>The reply to <see cref="ProveLife"/> if no bytes arrived in time. A connection that ends first does not reply.</summary>
public sealed record NoLifeShown : ILocalMessage
{
    public static readonly NoLifeShown Instance = new();
}

// From a session to its TspConnectionActor -----------------------------------------------------------------------------------------

/// <summary>Requests the next <see cref="FramesReceived"/>. A session applies back-pressure by delaying this message.</summary>
public sealed record ReadMore : ILocalMessage
{
    public static readonly ReadMore Instance = new();
}

/// <summary>
/// Delays large bodies, because the last one caused too much work: if the next body is longer than 16 KiB, the connection stops reading
/// when it has begun, until the rest is over. Meanwhile the connection keeps no memory for it, and sends PING if it has a heartbeat, so
/// that the remote end does not take this side for dead.
/// </summary>
/// <param name="Duration">How long the connection rests, from now on; zero ends the rest.</param>
public sealed record Rest(TimeSpan Duration) : ILocalMessage;

/// <summary>
/// Sends bytes: complete frames, or fragments of one frame in order. The bytes are not copied, and must not change until the operating
/// system has accepted them (<see cref="Sent"/>).
/// </summary>
/// <param name="First">The bytes.</param>
/// <param name="Second">More bytes for the same write, such as a body after its header.</param>
/// <param name="Token">Returned in <see cref="Sent"/>; null = no reply.</param>
public sealed record Send(ReadOnlyMemory<byte> First, ReadOnlyMemory<byte> Second = default, object? Token = null)
    : ILocalMessage;

/// <summary>
/// Starts a heartbeat in place of the idle deadline: the connection sends a PING when nothing has arrived for
/// <paramref name="Interval"/>, and closes with <see cref="CloseReason.TimedOut"/> after three silent intervals. The session answers PINGs
/// itself, in order.
/// </summary>
/// <param name="Interval">How long the remote end may be silent before it receives a PING.</param>
/// <param name="Bodies">The bodies that are accepted from the next frame on; null = unchanged.</param>
public sealed record KeepAlive(TimeSpan Interval, BodyRules? Bodies = null) : ILocalMessage;

/// <summary>
/// Asks whether the remote end is alive: the connection sends a PING, and replies with <see cref="LifeShown"/> as soon as anything arrives,
/// or with <see cref="NoLifeShown"/> if nothing arrives in time. A connection that is not reading cannot notice anything from the remote
/// end, so it replies immediately.
/// </summary>
/// <param name="Within">The time within which bytes must arrive, counted from the PING. Bytes that are still waiting in the operating
/// system, because this program is busy, count as arrived.</param>
public sealed record ProveLife(TimeSpan Within) : ILocalMessage;

/// <summary>
/// Disables or enables the deadlines for the remote end's silence between frames. They are disabled during a stream, because the requester
/// that receives it has nothing to send. Other deadlines, such as the stalled-writer deadline, remain in effect.
/// </summary>
/// <param name="Allowed">Whether the remote end may be silent.</param>
/// <param name="Bodies">The bodies that are accepted from the next frame on; null = unchanged.</param>
public sealed record AllowSilence(bool Allowed, BodyRules? Bodies = null) : ILocalMessage;

/// <summary>
/// From now on, the connection passes everything that it receives to the session unchanged (<see cref="RawReceived"/>), starting with any
/// bytes that it has already read past the last frame. Only the deadlines for a stalled writer and for a half-closed connection remain.
/// </summary>
public sealed record BeginRaw : ILocalMessage
{
    public static readonly BeginRaw Instance = new();
}

/// <summary>
/// Switches the connection to TLS, with this side as the client. The session must not have requested more frames, and must neither send nor
/// read anything until it receives a second <see cref="ConnectionOpened"/>, or <see cref="ConnectionClosed"/>.
/// </summary>
/// <param name="Client">How to speak TLS.</param>
public sealed record StartTls(TlsClient Client) : ILocalMessage;

/// <summary>Switches the connection to TLS like <see cref="StartTls"/>, but with this side as the server.</summary>
/// <param name="Identity">The identity of this side.</param>
public sealed record AcceptTls(TlsIdentity Identity) : ILocalMessage;

/// <summary>
/// Sends the queued bytes, then <paramref name="LastWords"/> (a complete frame; may be empty), then closes. The close has a deadline.
/// </summary>
public sealed record CloseConnection(ReadOnlyMemory<byte> LastWords = default) : ILocalMessage;

/// <summary>Cuts the connection immediately. Queued bytes are lost.</summary>
public sealed record AbortConnection : ILocalMessage
{
    public static readonly AbortConnection Instance = new();
}

// The server ------------------------------------------------------------------------------------------------------------------

/// <summary>From the server to its owner: the server is bound to this address.</summary>
public sealed record Listening(IPEndPoint Address) : ILocalMessage;

/// <summary>
/// The server has stopped because it could not bind or its socket has closed. The reason is human-readable: the address and the failure
/// (port in use, no permission, …).
/// </summary>
public sealed record ListenFailed(string Reason) : ILocalMessage;

/// <summary>
/// Tells the server to refuse new connections and to send every session <see cref="DrainRequested"/>. The server replies with
/// <see cref="Drained"/> once no connections are open. At the deadline, it drops the connections that are still open, so the
/// reply never comes much later than the deadline.
/// </summary>
public sealed record Drain(TimeSpan Deadline) : ILocalMessage;

/// <summary>Tells a session that the program is shutting down. The session sends its outstanding replies and closes.</summary>
public sealed record DrainRequested : ILocalMessage
{
    public static readonly DrainRequested Instance = new();
}

/// <summary>The drain is over: all of the server's connections have closed or been dropped.</summary>
public sealed record Drained : ILocalMessage
{
    public static readonly Drained Instance = new();
}
