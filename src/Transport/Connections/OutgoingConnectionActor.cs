using System.Net;
using Akka.Actor;
using Akka.Event;
using TspActors.Transport.Tls;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport.Connections;

/// <summary>
/// A connection that this side opens. It resolves the name, races the addresses against each other under a single deadline, and then
/// behaves like any other connection.
/// </summary>
/// <remarks>
/// States: Dialling, then those of <see cref="OpeningConnectionActor"/>. With TLS, the same deadline applies to Handshaking. Dialling
/// resolves the name and then starts a <see cref="DialAttemptActor"/> for one address after another: the next attempt starts as soon as one
/// fails, or after <see cref="Dial.Interval"/>. The first attempt that connects wins, and the others are aborted. If dialling or the TLS
/// handshake fails, the actor sends ConnectFailed and stops.
/// </remarks>
internal sealed class OutgoingConnectionActor : OpeningConnectionActor
{
    private readonly Dial _dial;
    private readonly TlsClient? _tls;
    private readonly Func<string, Task<IPAddress[]>> _resolve;

    public OutgoingConnectionActor(
        Func<string, Task<IPAddress[]>> resolve,
        string host, int port, TransportSettings settings, IActorRef session, Func<IPAddress, bool>? permits = null,
        TlsClient? tls = null)
        : base(settings, incoming: settings.ServesRemoteEnd)
    {
        _dial = new Dial(host, port, settings.ConnectTimeout, TimeProvider.System, permits);
        Session = session;
        _tls = tls;
        _resolve = resolve;
    }

    private string Cancelled => $"the attempt to reach {_dial.Target} was cancelled";

    protected override void PreStart()
    {
        Timers.StartSingleTimer(Overdue.Instance, Overdue.Instance, Settings.ConnectTimeout);
        if (IPAddress.TryParse(_dial.Host, out var address))
        {
            _dial.AddAddresses([address]);
            TryNext();
        }
        else
        {
            _resolve(_dial.Host)
                .PipeTo(Self, success: addresses => new Resolved(addresses), failure: cause => new NotResolved(cause));
        }
    }

    protected override void OnReceive(object message) => Dialling(message);

    private void Dialling(object message)
    {
        switch (message)
        {
            case Resolved resolved:
                _dial.AddAddresses(resolved.Addresses);
                TryNext();
                break;
            case NotResolved failed:
                Fail(_dial.DescribeUnresolved(failed.Cause));
                break;
            case NextDue:
                TryNext();
                break;
            case DialAttemptActor.Failed:
                _dial.RecordFailure();
                TryNext();
                break;
            case DialAttemptActor.Reached reached:
                Use(reached);
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

    // An attempt may finish after another has won.
    private protected override void OnOther(object message)
    {
        if (message is not (DialAttemptActor.Reached or DialAttemptActor.Failed))
            base.OnOther(message);
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
                Fail($"{_dial.Target} closed the connection during the TLS handshake", TlsFailure.Failed);
                break;
            default:
                base.Handshaking(message);
                break;
        }
    }

    private void TryNext()
    {
        Timers.Cancel(NextDue.Instance);
        if (_dial.Next() is { } next)
        {
            Context.ActorOf(DialAttemptActor.Props(next.Address, next.Timeout, SocketSettings(Context.System, Settings)));
            if (_dial.HasUntried)
                Timers.StartSingleTimer(NextDue.Instance, NextDue.Instance, Dial.Interval);
        }
        else if (_dial.IsLost)
        {
            Fail(_dial.DescribeFailure());
        }
    }

    private void Use(DialAttemptActor.Reached reached)
    {
        Timers.Cancel(NextDue.Instance);
        if (_tls is null)
            Attach(reached.Io, reached.Socket, reached.Remote.Unmapped(), reached.Local.Unmapped());
        else
            AttachSecure(reached.Io, reached.Socket, reached.Remote.Unmapped(), reached.Local.Unmapped(), _tls);
        // The socket now belongs to this actor. The sockets of the other attempts close with those attempts.
        foreach (var attempt in Context.GetChildren())
            Context.Stop(attempt);
    }

    private void Fail(string reason, TlsFailure? tls = null)
    {
        Session.Tell(new ConnectFailed(reason, tls));
        Context.Stop(Self);
    }

    private sealed record Resolved(IPAddress[] Addresses) : ILocalMessage, IDeadLetterSuppression;

    private sealed record NotResolved(Exception Cause) : ILocalMessage, IDeadLetterSuppression;

    private sealed record NextDue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly NextDue Instance = new();
    }

    private sealed record Overdue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Overdue Instance = new();
    }
}
