using System.Net;
using Akka.Actor;
using Akka.Event;
using Akka.IO;
using Dns = System.Net.Dns;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport;

/// <summary>A connection to be made: resolves the name, tries each address in turn within one deadline, then is a connection like any other.</summary>
// Resolving → Dialling (one address after the other) → the states of TspConnectionActor; a failure tells ConnectFailed and stops.
internal sealed class OutgoingConnectionActor : TspConnectionActor
{
    private readonly Dial _dial;
    private readonly OpenedSockets _opened = new();
    private Tcp.Connect? _attempt;
    private bool _open;

    public OutgoingConnectionActor(string host, int port, TransportSettings settings, IActorRef session)
        : base(settings, incoming: false)
    {
        _dial = new Dial(host, port, settings.ConnectTimeout, TimeProvider.System);
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

    protected override void OnReceive(object message)
    {
        if (_open)
        {
            base.OnReceive(message);
            return;
        }

        switch (message)
        {
            case Resolved resolved:
                TryNext(resolved);
                break;
            case NotResolved failed:
                Fail(_dial.NotResolved(failed.Cause));
                break;
            case Tcp.Connected connected when connected is { RemoteAddress: IPEndPoint remote, LocalAddress: IPEndPoint local }:
                if (_opened.Take(connected) is not { } socket)
                {
                    Sender.Tell(Tcp.Abort.Instance);
                    TryNext(null);
                    break;
                }

                _open = true;
                Timers.Cancel(Overdue.Instance);
                Open(Sender, socket, remote.Unmapped(), local.Unmapped());
                break;
            case Tcp.CommandFailed failed when ReferenceEquals(failed.Cmd, _attempt):
                TryNext(null);
                break;
            case Overdue:
                Fail(_dial.TimedOut());
                break;
            case CloseConnection or AbortConnection:
                Fail($"the attempt to reach {_dial.Target} was given up");
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void TryNext(Resolved? resolved)
    {
        if (resolved is not null)
            _dial.Resolved(resolved.Addresses);
        if (_dial.Next() is not { } next)
        {
            Fail(_dial.AllFailed());
            return;
        }

        _attempt = new Tcp.Connect(next.Address, options: [_opened], timeout: next.Timeout, pullMode: true) { TcpSettings = SocketSettings(Context.System, Settings) };
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
