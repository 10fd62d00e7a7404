using System.Net;
using Akka.Actor;
using Akka.Event;
using Akka.IO;
using TspActors.Transport.AkkaInternals;
using Dns = System.Net.Dns;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport.Connections;

/// <summary>
/// A connection that this side opens. It resolves the name, tries each address in turn within one deadline, and then behaves like any other
/// connection.
/// </summary>
/// <remarks>
/// States: Dialling (resolves the name, then tries one address after the other), then those of <see cref="TspConnectionActor"/>. If
/// dialling fails, the actor sends ConnectFailed and stops.
/// </remarks>
internal sealed class OutgoingConnectionActor : TspConnectionActor
{
    private readonly Dial _dial;
    private readonly SocketCapture _sockets = new();
    private Tcp.Connect? _attempt;

    public OutgoingConnectionActor(
        string host, int port, TransportSettings settings, IActorRef session, Func<IPAddress, bool>? permits = null)
        : base(settings, incoming: false)
    {
        _dial = new Dial(host, port, settings.ConnectTimeout, TimeProvider.System, permits);
        Session = session;
    }

    protected override void PreStart()
    {
        Timers.StartSingleTimer(Overdue.Instance, Overdue.Instance, Settings.ConnectTimeout);
        if (IPAddress.TryParse(_dial.Host, out var address))
        {
            TryNext(new Resolved([address]));
        }
        else
        {
            Dns.GetHostAddressesAsync(_dial.Host)
                .PipeTo(Self, success: addresses => new Resolved(addresses), failure: cause => new NotResolved(cause));
        }
    }

    protected override void OnReceive(object message) => Dialling(message);

    private void Dialling(object message)
    {
        switch (message)
        {
            case Resolved resolved:
                TryNext(resolved);
                break;
            case NotResolved failed:
                Fail(_dial.DescribeUnresolved(failed.Cause));
                break;
            case Tcp.Connected connected when connected is { RemoteAddress: IPEndPoint remote, LocalAddress: IPEndPoint local }:
                if (_sockets.TryRemove(connected) is not { } socket)
                {
                    Sender.Tell(Tcp.Abort.Instance);
                    TryNext(null);
                    break;
                }

                Timers.Cancel(Overdue.Instance);
                Attach(Sender, socket, remote.Unmapped(), local.Unmapped());
                break;
            case Tcp.CommandFailed failed when ReferenceEquals(failed.Cmd, _attempt):
                TryNext(null);
                break;
            case Overdue:
                Fail(_dial.DescribeTimeout());
                break;
            case CloseConnection or AbortConnection:
                Fail($"the attempt to reach {_dial.Target} was cancelled");
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void TryNext(Resolved? resolved)
    {
        if (resolved is not null)
            _dial.AddAddresses(resolved.Addresses);
        if (_dial.Next() is not { } next)
        {
            Fail(_dial.DescribeFailure());
            return;
        }

        _attempt = new Tcp.Connect(
            next.Address, options: [_sockets], timeout: next.Timeout,
            pullMode: true)
        { TcpSettings = SocketSettings(Context.System, Settings) };
        Context.System.Tcp().Tell(_attempt);
    }

    private void Fail(string reason)
    {
        Session.Tell(new ConnectFailed(reason));
        Context.Stop(Self);
    }

    private sealed record Resolved(IPAddress[] Addresses) : ILocalMessage, IDeadLetterSuppression;

    private sealed record NotResolved(Exception Cause) : ILocalMessage, IDeadLetterSuppression;

    private sealed record Overdue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Overdue Instance = new();
    }
}
