using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Akka.IO;
using TspActors.Peer.Terminal;
using TspActors.Transport;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Peer.Live.Sources;

/// <summary>
/// A TCP port to which programs that speak Icecast's source protocol connect: BUTT, Mixxx, ffmpeg, liquidsoap and others. Each
/// connection is handled by an <see cref="IcecastConnectionActor"/>; this actor decides how to respond to the requests.
/// </summary>
/// <remarks>
/// <code>
/// Opening → bound → DoorOpened → Open       not bound → DoorFailed → stopped
/// Open    judges requests, admits at most 64 connections, 8 from one address      the socket closes → DoorFailed → stopped
/// </code>
/// Mount points can be added in both states.
/// </remarks>
internal sealed class IcecastDoorActor : UntypedActor
{
    /// <summary>The maximum number of connections.</summary>
    public const int MaxConnections = 64;

    /// <summary>The maximum number of connections from one address (one IPv6 /64), except from this machine.</summary>
    public const int MaxPerAddress = 8;

    private const int Backlog = 64;
    private const int ReadBytes = 16 * 1024;

    private readonly IPEndPoint _bind;
    private readonly IcecastDeadlines _deadlines;
    private readonly SourceMounts _mounts;
    private readonly Dictionary<IActorRef, IPAddress> _connections = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef _socket = ActorRefs.Nobody;
    private long _accepted;

    public IcecastDoorActor(IPEndPoint bind, IcecastDeadlines deadlines, TimeProvider time)
    {
        _bind = bind;
        _deadlines = deadlines;
        _mounts = new SourceMounts(time);
    }

    /// <param name="bind">The address and port to listen on. Port 0 = any free port; the address :: accepts IPv4 as well.</param>
    /// <param name="deadlines">How long sources may take; null = the usual times.</param>
    /// <param name="time">The clock for counting wrong passwords; null = the system clock.</param>
    public static Props Props(IPEndPoint bind, IcecastDeadlines? deadlines = null, TimeProvider? time = null) =>
        Akka.Actor.Props.Create(() => new IcecastDoorActor(bind, deadlines ?? new IcecastDeadlines(), time ?? TimeProvider.System));

    protected override void PreStart() => Context.System.Tcp().Tell(new Tcp.Bind(
        Self, _bind, Backlog, options: [new BothFamilies()], pullMode: true)
    {
        TcpSettings = TcpSettings.Create(Context.System) with { MaxFrameSizeBytes = ReadBytes },
    });

    protected override void PostStop() => _socket.Tell(Tcp.Unbind.Instance, ActorRefs.Nobody);

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void OnReceive(object message) => Opening(message);

    private void Opening(object message)
    {
        switch (message)
        {
            case Tcp.Bound bound:
                _socket = Sender;
                Context.WatchWith(_socket, SocketGone.Instance);
                Become(Open);
                Context.Parent.Tell(new DoorOpened(Unmapped((IPEndPoint)bound.LocalAddress)));
                break;
            case Tcp.CommandFailed { Cmd: Tcp.Bind } failed:
                Fail(BindFailure.Text(_bind, failed.Cause.HasValue ? failed.Cause.Value : null));
                break;
            default:
                OnMount(message);
                break;
        }
    }

    private void Open(object message)
    {
        switch (message)
        {
            case Tcp.Connected { RemoteAddress: IPEndPoint remote }:
                Admit(Unmapped(remote).Address);
                break;
            case Tcp.Connected:
                Sender.Tell(Tcp.Abort.Instance);
                break;
            case JudgeRequest request when _connections.TryGetValue(Sender, out var from):
                Judge(request, from);
                break;
            case SourceConnected source when _connections.TryGetValue(Sender, out var from):
                _mounts.Connect(source.Mount, Sender, from);
                break;
            case SourceLeft:
                _mounts.Disconnect(Sender);
                break;
            case ConnectionEnded ended:
                _mounts.Disconnect(ended.Connection);
                _connections.Remove(ended.Connection);
                break;
            case SocketGone:
                Fail($"the port for sources on {_bind} has closed");
                break;
            default:
                OnMount(message);
                break;
        }
    }

    private void OnMount(object message)
    {
        switch (message)
        {
            case AddMount add:
                Remove(add.Mount);
                _mounts.Add(add.Mount, add.Password, add.Feed);
                Context.WatchWith(add.Feed, new FeedEnded(add.Feed));
                _log.Debug("the feed \"{0}\" accepts sources at {1}", SafeText.Clean(add.FeedName), add.Mount);
                break;
            case RemoveMount remove:
                Remove(remove.Mount);
                break;
            case FeedEnded ended:
                foreach (var mount in _mounts.Of(ended.Feed))
                    Remove(mount);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Remove(string mount) => _mounts.Remove(mount)?.Tell(new DropSource("the mount point is gone"));

    private void Admit(IPAddress from)
    {
        var counted = CountedAddress.From(from);
        var ofAddress = IPAddress.IsLoopback(from) ? 0 : _connections.Values.Count(other => CountedAddress.From(other).Equals(counted));
        if (_connections.Count >= MaxConnections || ofAddress >= MaxPerAddress)
        {
            Sender.Tell(Tcp.Abort.Instance);
            return;
        }

        var connection = Context.ActorOf(
            IcecastConnectionActor.Props(Sender, from, _deadlines), (++_accepted).ToString(CultureInfo.InvariantCulture));
        _connections.Add(connection, from);
        Context.WatchWith(connection, new ConnectionEnded(connection));
    }

    private void Judge(JudgeRequest request, IPAddress from)
    {
        var verdict = _mounts.Judge(request.Head, from);
        if (verdict is SourceVerdict.Answer { IsLate: true })
            _log.Warning("a source at {0} sent a wrong password", from);
        if (verdict is SourceVerdict.Retitle retitle)
        {
            retitle.Source.Tell(new SourceTitle(retitle.Title));
            verdict = new SourceVerdict.Answer(SourceResponse.Metadata("Metadata update successful", isDone: true));
        }

        Sender.Tell(verdict);
    }

    private void Fail(string reason)
    {
        Context.Parent.Tell(new DoorFailed(reason));
        Context.Stop(Self);
    }

    private static IPEndPoint Unmapped(IPEndPoint endpoint) =>
        endpoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endpoint.Address.MapToIPv4(), endpoint.Port) : endpoint;

    /// <summary>Lets a socket on [::] accept IPv4 connections as well. Akka.IO's own sockets accept only IPv6 connections.</summary>
    private sealed class BothFamilies : Inet.SocketOption
    {
        public override void BeforeServerSocketBind(Socket ss)
        {
            if (ss.AddressFamily == AddressFamily.InterNetworkV6)
                ss.DualMode = true;
        }
    }

    private sealed record ConnectionEnded(IActorRef Connection) : ILocalMessage, IDeadLetterSuppression;

    private sealed record FeedEnded(IActorRef Feed) : ILocalMessage, IDeadLetterSuppression;

    private sealed record SocketGone : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly SocketGone Instance = new();
    }
}
