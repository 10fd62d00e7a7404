using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Akka.IO;
using TspActors.Transport.AkkaInternals;
using Tcp = Akka.IO.Tcp;
using TcpSettings = Akka.IO.TcpSettings;

namespace TspActors.Transport.Connections;

/// <summary>Attempts to connect to one address, as a child of the connection. When this actor stops, the attempt is aborted.</summary>
/// <remarks>
/// Akka.IO cannot cancel a Connect. However, it watches the requesting actor until another actor registers for the socket, and gives up if
/// the watched actor stops. Each attempt therefore has its own actor, which can be stopped.
/// </remarks>
internal sealed class DialAttemptActor : UntypedActor
{
    private readonly SocketCapture _sockets;
    private readonly Tcp.Connect _connect;

    public DialAttemptActor(IPEndPoint address, TimeSpan timeout, TcpSettings settings)
    {
        var self = Self;
        _sockets = new SocketCapture(() => self.Tell(Reset.Instance));
        _connect = new Tcp.Connect(address, options: [_sockets], timeout: timeout, pullMode: true) { TcpSettings = settings };
    }

    /// <param name="address">The address to connect to.</param>
    /// <param name="timeout">How long the attempt may take.</param>
    /// <param name="settings">Akka.IO's settings for the socket.</param>
    public static Props Props(IPEndPoint address, TimeSpan timeout, TcpSettings settings) =>
        Akka.Actor.Props.Create(() => new DialAttemptActor(address, timeout, settings));

    protected override void PreStart() => Context.System.Tcp().Tell(_connect);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tcp.Connected connected when connected is { RemoteAddress: IPEndPoint remote, LocalAddress: IPEndPoint local }
                && _sockets.TryRemove(connected) is { } socket:
                Context.Parent.Tell(new Reached(Sender, socket, remote, local));
                break;
            case Tcp.Connected:
                Sender.Tell(Tcp.Abort.Instance);
                Fail();
                break;
            case Tcp.CommandFailed failed when ReferenceEquals(failed.Cmd, _connect):
                Fail();
                break;
            case Reset:
                Fail();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Fail()
    {
        Context.Parent.Tell(Failed.Instance);
        Context.Stop(Self);
    }

    // The connection was established, but the remote end reset it before it could be used.
    private sealed record Reset : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Reset Instance = new();
    }

    /// <summary>The connection is established. The parent registers for the socket and then stops this actor.</summary>
    /// <param name="Io">Akka.IO's actor, which reads and closes the socket.</param>
    /// <param name="Socket">The socket.</param>
    /// <param name="Remote">The address of the remote end.</param>
    /// <param name="Local">The address of this end.</param>
    internal sealed record Reached(IActorRef Io, Socket Socket, IPEndPoint Remote, IPEndPoint Local)
        : ILocalMessage, IDeadLetterSuppression;

    /// <summary>The address could not be reached. This actor stops.</summary>
    internal sealed record Failed : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Failed Instance = new();
    }
}
