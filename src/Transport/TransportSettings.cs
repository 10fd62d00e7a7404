using TspActors.Protocol;
using TspActors.Transport.Tls;

namespace TspActors.Transport;

/// <summary>
/// The limits and deadlines of one server's connections, or of one outgoing connection. config/*.conf explains those that an operator can
/// set.
/// </summary>
public sealed record TransportSettings
{
    /// <summary>The size of a connection's read buffer: large for fast streams, small to save memory with many idle connections.</summary>
    public int ReadBufferBytes { get; init; } = 4 * 1024;

    /// <summary>
    /// The maximum number of bytes queued for one connection. It is exceeded only if the program has a bug; the connection is then dropped.
    /// </summary>
    public int MaxQueuedBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// The maximum number of bytes that the operating system buffers for an incoming connection whose remote end does not read; 0 = as
    /// many as the operating system chooses.
    /// </summary>
    public int SendBufferBytes { get; init; }

    /// <summary>
    /// The maximum number of open connections. An additional connection replaces the oldest unused one, which is closed. If all are in use,
    /// the additional connection is refused.
    /// </summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>
    /// The maximum number of open connections from one address, or from one IPv6 /64. An additional connection replaces an unused one from
    /// the same address or is refused (<see cref="MaxConnections"/>).
    /// </summary>
    public int MaxConnectionsPerAddress { get; init; } = 1_000;

    /// <summary>
    /// The maximum number of open connections from one IPv4 /24 or IPv6 /56. The limit for one address applies instead if it is higher.
    /// </summary>
    public int MaxConnectionsPerSubnet { get; init; } = 2_000;

    /// <summary>The maximum number of open connections from one IPv6 /48. The limit for one /56 applies instead if it is higher.</summary>
    public int MaxConnectionsPerSite { get; init; } = 4_000;

    /// <summary>
    /// How many connections one address, or one IPv6 /64, may open at once, and how many of them may be used by registered peers or streams
    /// at once; a network of addresses may open twice or four times as many.
    /// </summary>
    public int NewConnectionsPerAddress { get; init; } = 200;

    /// <summary>How many further connections one address may open per second; 0 = any number.</summary>
    public int NewConnectionsPerAddressSecond { get; init; } = 2;

    /// <summary>
    /// How many connections all addresses together may open per second that have opened half of <see cref="NewConnectionsPerAddress"/>
    /// lately, whether they came into use or not; 0 = any number.
    /// </summary>
    public int NewConnectionsOfBusyAddressesSecond { get; init; } = 20;

    /// <summary>How long after its start a server accepts any number of new connections.</summary>
    public TimeSpan NewConnectionsFreeTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The maximum total size of all bodies that have not been handled yet, in bytes. A frame for which there is no room waits; if that
    /// takes too long, its connection is closed with ERROR(BUSY).
    /// </summary>
    public long MaxReceivingBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>The corresponding limit for the connections from one address, or from one IPv6 /64.</summary>
    public long MaxReceivingBytesPerAddress { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// How many bytes of bodies of more than 16 KiB one network (IPv4 /24, IPv6 /48) may send at once. A body beyond that waits like one
    /// for which there is no room.
    /// </summary>
    public long LargeBodyBytesAtOnce { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// How many further bytes of such bodies a network may send per second; 0 = any number. Networks that have used half of
    /// <see cref="LargeBodyBytesAtOnce"/> divide this rate.
    /// </summary>
    public long LargeBodyBytesPerSecond { get; init; } = 1024 * 1024;

    /// <summary>The bodies that are accepted on a new connection; its session may change them (<see cref="KeepAlive"/>).</summary>
    public BodyRules Bodies { get; init; } = BodyRules.Contract;

    /// <summary>
    /// How long a frame may wait for room while no large frame receives any. This must be less than three heartbeat intervals, because
    /// this side does not answer PINGs while the frame waits.
    /// </summary>
    public TimeSpan ReceivingTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The time within which a frame that has begun on an incoming connection must be complete.</summary>
    public TimeSpan FrameTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time, including the TLS handshake, within which an incoming connection's first frame must be complete.</summary>
    public TimeSpan FirstFrameTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>An incoming connection without a heartbeat is closed when it has carried nothing but PING and PONG for this long.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A connection is closed if the remote end accepts none of the queued bytes for this long.</summary>
    public TimeSpan StalledWriterTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A closing connection is dropped if, for this long, the remote end neither receives more bytes nor closes its side.
    /// </summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The maximum time for an orderly close. It also limits how long an idle connection stays open while the remote end is still
    /// receiving bytes that were sent to it.
    /// </summary>
    public TimeSpan MaxCloseTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The time, including name resolution and the TLS handshake, within which an outgoing connection must open.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether the deadlines of incoming connections also apply to an outgoing one: this side opened the connection, but serves the remote
    /// end's requests on it.
    /// </summary>
    public bool ServesRemoteEnd { get; init; }

    /// <summary>
    /// The identity of a server that accepts TLS as well as plain connections; null = plain only. Outgoing connections do not use it
    /// (<see cref="TlsClient"/>).
    /// </summary>
    public TlsIdentity? Identity { get; init; }

    /// <summary>
    /// Whether a server with an identity answers the first PINGs of a plain connection itself. The session never learns of these.
    /// </summary>
    public bool AnswersPings { get; init; }

    /// <summary>Limits the computation for TLS handshakes.</summary>
    internal HandshakeGate Handshakes { get; init; } = HandshakeGate.Shared;
}
