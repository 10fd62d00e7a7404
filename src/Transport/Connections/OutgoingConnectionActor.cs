using System.Net;
using Akka.Actor;
using Akka.Event;
using Akka.IO;
using TspActors.Transport.AkkaInternals;
using TspActors.Transport.Tls;
using Dns = System.Net.Dns;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport.Connections;

/// <summary>
/// A connection that this side opens. It resolves the name, tries each address in turn within one deadline, and then behaves like any other
/// connection.
/// </summary>
/// <remarks>
/// States: Dialling (resolves the name, then tries one address after the other), then those of <see cref="OpeningConnectionActor"/>, with
/// Handshaking under the same deadline if there is TLS. If dialling or the TLS handshake fails, the actor sends ConnectFailed and stops.
/// </remarks>
internal sealed class OutgoingConnectionActor : OpeningConnectionActor
{
    private readonly Dial _dial;
    private readonly SocketCapture _sockets = new();
    private readonly TlsClient? _tls;
    private Tcp.Connect? _attempt;

    public OutgoingConnectionActor(
        string host, int port, TransportSettings settings, IActorRef session, Func<IPAddress, bool>? permits = null,
        TlsClient? tls = null)
        : base(settings, incoming: settings.ServesRemoteEnd)
    {
        _dial = new Dial(host, port, settings.ConnectTimeout, TimeProvider.System, permits);
        Session = session;
        _tls = tls;
    }

    private string Cancelled => $"the attempt to reach {_dial.Target} was cancelled";

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

                if (_tls is null)
                    Attach(Sender, socket, remote.Unmapped(), local.Unmapped());
                else
                    AttachSecure(Sender, socket, remote.Unmapped(), local.Unmapped(), _tls);
                break;
            case Tcp.CommandFailed failed when ReferenceEquals(failed.Cmd, _attempt):
                TryNext(null);
                break;
            case Overdue:
                Fail(_dial.DescribeTimeout());
                break;
            case CloseConnection or AbortConnection:
                Fail(Cancelled);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private protected override void OnOpening() => Timers.Cancel(Overdue.Instance);

    private protected override void OnHandshakeFailed(HandshakeFailed failed) => Fail($"{_dial.Target} {failed.Text}", failed.Failure);

    private protected override void Handshaking(object message)
    {
        switch (message)
        {
            case Overdue:
                Fail(_dial.DescribeHandshakeTimeout(), TlsFailure.TimedOut);
                break;
            case CloseConnection or AbortConnection:
                Fail(Cancelled);
                break;
            case Tcp.ConnectionClosed or Terminated:
                ForgetSocket();
                Fail($"{_dial.Target} cut the connection during the TLS handshake", TlsFailure.Failed);
                break;
            default:
                base.Handshaking(message);
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

    private void Fail(string reason, TlsFailure? tls = null)
    {
        Session.Tell(new ConnectFailed(reason, tls));
        Context.Stop(Self);
    }

    private sealed record Resolved(IPAddress[] Addresses) : ILocalMessage, IDeadLetterSuppression;

    private sealed record NotResolved(Exception Cause) : ILocalMessage, IDeadLetterSuppression;

    private sealed record Overdue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Overdue Instance = new();
    }
}
