using System.Net;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Transport;
using TspActors.Transport.Tls;

namespace TspActors.Tracker.Reachability;

/// <summary>One probe of one port: it connects, sends PING, and accepts as a reply only the PONG that echoes its number.</summary>
/// <remarks>
/// Five bytes of nearly any protocol form a valid TSP frame, so any other reply may come from a different program. Connecting →
/// ConnectionOpened → PING → FramesReceived → Answered → Closing → end. A failed connection ends the probe with Answered(false), and so
/// does the timeout, unless the probe has already answered. The connection stops with the actor.
/// </remarks>
internal sealed class PortProbeActor : UntypedActor, IWithTimers
{
    private const int Number = 1;

    // A probe reads no bodies.
    private static readonly BodyRules Bodies = BodyRules.For(
        new HashSet<Operation>(), new HashSet<Operation> { Operation.Pong }, BodyRules.SmallBody);

    private readonly IPEndPoint _port;
    private readonly TimeSpan _timeout;
    private readonly TlsClient? _tls;
    private IActorRef _connection = ActorRefs.Nobody;

    public PortProbeActor(IPEndPoint port, TimeSpan timeout, TlsClient? tls) => (_port, _timeout, _tls) = (port, timeout, tls);

    /// <param name="port">The port.</param>
    /// <param name="timeout">The deadline for the reply.</param>
    /// <param name="tls">How to speak TLS with the host; null = plain.</param>
    public static Props Props(IPEndPoint port, TimeSpan timeout, TlsClient? tls = null) =>
        Akka.Actor.Props.Create(() => new PortProbeActor(port, timeout, tls));

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        var settings = new TransportSettings
        {
            ReadBufferBytes = 1024,
            ConnectTimeout = _timeout,
            CloseTimeout = _timeout,
            Bodies = Bodies,
        };
        _connection = Context.ActorOf(TspConnectionActor.Outgoing(_port.Address.ToString(), _port.Port, settings, Self, tls: _tls));
        Timers.StartSingleTimer(Overdue.Instance, Overdue.Instance, _timeout);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ConnectionOpened:
                _connection.Tell(new Send(FrameEncoder.Encode(Operation.Ping, Number)));
                _connection.Tell(ReadMore.Instance);
                break;
            case FramesReceived received:
                Context.Parent.Tell(new Answered(received.Frames[0] is { Operation: Operation.Pong, SongId: Number }));
                _connection.Tell(new CloseConnection());
                Become(Closing);
                break;
            case ConnectFailed or ConnectionClosed or InputEnded or Overdue:
                Context.Parent.Tell(new Answered(false));
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Closing(object message)
    {
        if (message is ConnectionClosed or Overdue)
            Context.Stop(Self);
    }

    /// <summary>To the parent: the result of the probe.</summary>
    internal sealed record Answered(bool Reached) : ILocalMessage;

    private sealed record Overdue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Overdue Instance = new();
    }
}
