using System.Net;
using Akka.Actor;
using Akka.Event;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Transport;
using TspActors.Transport.Limits;
using Error = TspActors.Protocol.Error;

namespace TspActors.Peer.Reaching;

/// <summary>Handles this peer's calls: its own, and those that the tracker passes on to it (docs/protocol.md section 4).</summary>
/// <remarks>
/// <code>
/// CallHost     → SendCall to the link, with a new token
///              → RedeemCall with that token → CallRedeemed to the session → HostCalled to the receiver
///              → CallReceived with a place at a relay → RelayOffered to the receiver
///              → CallReceived with a refusal, CallUnsent, or no connection in time → CallFailed to the receiver
/// CallReceived → with an endpoint → to the CallBackActor, which connects or refuses
/// </code>
/// A token is valid for one connection and for 8 s. When a receiver stops, its call is forgotten. Wrong tokens count against the address
/// that they come from.
/// </remarks>
internal sealed class CallDeskActor : UntypedActor, IWithTimers
{
    // A call's deadline, the same as in the protocol and at the tracker.
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(8);

    // The host may still refuse while this peer waits for it at a relay.
    private static readonly TimeSpan AtRelay = TimeSpan.FromSeconds(10);

    // The longest time that an address is told to wait after wrong tokens.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    private readonly IActorRef _callBacks;
    private readonly Dictionary<CallToken, Awaited> _awaited = [];
    private readonly ProofAttempts _wrong = new(LongestDelay, TimeProvider.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef _link = ActorRefs.Nobody;

    public CallDeskActor(IActorRef callBacks) => _callBacks = callBacks;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="callBacks">The CallBackActor; Nobody = this peer hosts nothing, and cannot be called.</param>
    public static Props Props(IActorRef callBacks) => Akka.Actor.Props.Create(() => new CallDeskActor(callBacks));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case UseLink use:
                _link = use.Link;
                break;
            case SendCall refusal:
                _link.Tell(refusal);
                break;
            case CallHost call:
                Call(call);
                break;
            case RedeemCall redeem:
                Redeem(redeem);
                break;
            case CallReceived received when Find(received.Call) is { } awaited:
                if (received.Call is { Code: not ErrorCode.Unknown } or { Refusal.Length: > 0 })
                    Fail(awaited, Reason(received.Call), ErrorOf(received.Call));
                else if (received.Call.Way == CallWay.Relay && awaited is { Call.Way: CallWay.Relay, IsOffered: false })
                    Offer(awaited, received);
                break;
            case CallReceived received when received.Call.Endpoint.Length > 0:
                _callBacks.Tell(received);
                break;
            case CallReceived:
                // The refusal of a call that has already ended.
                break;
            case CallUnsent unsent when Find(unsent.Call) is { } awaited:
                Fail(awaited, unsent.Reason, null);
                break;
            case CallUnsent:
                break;
            case Overdue overdue when _awaited.TryGetValue(overdue.Token, out var awaited):
                if (awaited.IsOffered)
                    Forget(awaited);
                else
                    Fail(
                        awaited,
                        awaited.Call.Way == CallWay.Relay ? "no relay was found in time" : "it did not connect to this peer in time", null);
                break;
            case Overdue:
                break;
            case Terminated gone:
                foreach (var awaited in _awaited.Values.Where(awaited => awaited.Receiver.Equals(gone.ActorRef)).ToList())
                    Forget(awaited);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Call(CallHost call)
    {
        var token = CallToken.NewRandom();
        _awaited.Add(token, new Awaited(token, call, Context.Watch(Sender)));
        Timers.StartSingleTimer(token, new Overdue(token), Lifetime);
        _link.Tell(new SendCall(
            new Call { Token = UnsafeByteOperations.UnsafeWrap(token.ToArray()), PeerId = call.Host.PeerId, Way = call.Way }, call.SongId));
    }

    private void Offer(Awaited awaited, CallReceived received)
    {
        var call = received.Call;
        if (!received.IsPermitted || call.RelayTicket.IsEmpty
            || !IPEndPoint.TryParse(call.Endpoint, out var endpoint) || endpoint.Port == 0)
        {
            Fail(awaited, "the tracker named a relay that this peer does not connect to", null);
            return;
        }

        _awaited[awaited.Token] = awaited with { IsOffered = true };
        Timers.StartSingleTimer(awaited.Token, new Overdue(awaited.Token), AtRelay);
        awaited.Receiver.Tell(new RelayOffered(endpoint, new RelayTicket(call.RelayTicket.Span)));
    }

    // A host that is identified by its key must prove that key. Other hosts show only the token, which nobody but this peer, the tracker
    // and the host knows. A peer that does not speak TLS itself cannot verify a key.
    private void Redeem(RedeemCall redeem)
    {
        if (_awaited.TryGetValue(redeem.Token, out var awaited) && awaited.Peer == redeem.Host && awaited.Call.Way == CallWay.Back
            && (!awaited.Call.MustShowKey || redeem.Key?.ToPeerId() == redeem.Host))
        {
            Forget(awaited);
            Sender.Tell(new CallRedeemed(awaited.Receiver));
        }
        else
        {
            _log.Debug("{0}, which claims to be peer {1}, has presented a token that no call awaits", redeem.Remote, redeem.Host);
            Sender.Tell(new CallUnknown(_wrong.WaitFor(redeem.Remote, default)));
            _wrong.Fail(redeem.Remote, default);
        }
    }

    private void Fail(Awaited awaited, string reason, Error? error)
    {
        Forget(awaited);
        awaited.Receiver.Tell(new CallFailed(reason, error));
    }

    private void Forget(Awaited awaited)
    {
        _awaited.Remove(awaited.Token);
        Timers.Cancel(awaited.Token);
        Context.Unwatch(awaited.Receiver);
    }

    private Awaited? Find(Call call) => _awaited.GetValueOrDefault(new CallToken(call.Token.Span));

    private static string Reason(Call call) => call.Refusal.Length > 0 ? VisibleText.Clean(call.Refusal) : $"it refused the call ({call.Code})";

    // Only a host that is busy or shutting down says when to ask it again. Any other refusal applies only to this way to the host.
    private static Error? ErrorOf(Call call) => call.Code is ErrorCode.Busy or ErrorCode.ShuttingDown
        ? new Error { Code = call.Code, Message = Reason(call), Retryable = call.RetryAfterMs > 0, RetryAfterMs = call.RetryAfterMs }
        : null;

    private sealed record Awaited(CallToken Token, CallHost Call, IActorRef Receiver)
    {
        public bool IsOffered { get; init; }

        public PeerId Peer { get; } = new(Call.Host.PeerId.Span);
    }

    private sealed record Overdue(CallToken Token) : ILocalMessage, IDeadLetterSuppression;
}
