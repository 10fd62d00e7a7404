using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using Google.Protobuf;
using TspActors.Peer.Hosting;
using TspActors.Peer.Hosting.Limits;
using TspActors.Protocol;
using TspActors.Transport;
using TspActors.Transport.Limits;

namespace TspActors.Peer.Reaching;

/// <summary>
/// Answers calls from requesters that cannot connect to this host: connects to each requester, and serves it over that connection.
/// </summary>
/// <remarks>
/// CallReceived → AskRoom → RoomAnswer → a HostSessionActor that connects → CallConnected or CallNotConnected. A call that is refused at
/// any of these steps is answered through the tracker. CallStreaming reports which sessions have a stream; if there are too many sessions,
/// the oldest one without a stream receives GiveWay. DrainCallBacks → Draining: no more calls are answered, and the sessions close when
/// their streams are over, or at the deadline → Drained. Supervision: a session that fails is stopped, and its connection with it.
/// </remarks>
internal sealed class CallBackActor : UntypedActor, IWithTimers
{
    private readonly CallBackRules _rules;
    private readonly Func<CallBack, Props> _session;
    private readonly IActorRef _hosting;
    private readonly Dictionary<IActorRef, Asked> _dialling = [];
    private readonly CallBackSessions<IActorRef> _sessions = new();
    private readonly TokenBucket _dials;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public CallBackActor(CallBackRules rules, Func<CallBack, Props> session, IActorRef hosting, int dialsPerMinute)
    {
        (_rules, _session, _hosting) = (rules, session, hosting);
        _dials = new TokenBucket(dialsPerMinute / TimeSpan.FromMinutes(1).TotalSeconds, dialsPerMinute, Now);
    }

    /// <param name="rules">Decides which calls are answered.</param>
    /// <param name="session">Returns the Props for the HostSessionActor that connects to the requester.</param>
    /// <param name="hosting">The HostingActor.</param>
    /// <param name="dialsPerMinute">The maximum number of requesters that are dialled within a minute.</param>
    public static Props Props(
        CallBackRules rules, Func<CallBack, Props> session, IActorRef hosting, int dialsPerMinute = CallBackRules.MaxDialsPerMinute) =>
        Akka.Actor.Props.Create(() => new CallBackActor(rules, session, hosting, dialsPerMinute));

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case CallReceived received:
                if (_rules.Accept(received, out var refusal) is not { } callBack)
                    Refuse(received.Call, received.SongId, refusal, Sender);
                else if (FindLimit(callBack) is { } busy)
                    Refuse(received.Call, received.SongId, busy, Sender);
                else
                    _hosting.Tell(new AskRoom(
                        callBack.Song, RequesterKey.From(callBack.Requester, callBack.EndPoint.Address), new Asked(callBack, Sender)));
                break;
            case RoomAnswer { Tag: Asked asked, Refusal: { } full }:
                Refuse(asked.CallBack.Call, asked.CallBack.Song.Id, InCall(full), asked.Desk);
                break;
            // Calls that arrive together are all accepted before the first of them is dialled, so the limits are checked again here.
            case RoomAnswer { Tag: Asked asked } when FindLimit(asked.CallBack) is { } limit:
                Refuse(asked.CallBack.Call, asked.CallBack.Song.Id, limit, asked.Desk);
                break;
            case RoomAnswer { Tag: Asked asked }:
                Dial(asked);
                break;
            case CallConnected:
                _dialling.Remove(Sender);
                _sessions.SetConnected(Sender);
                break;
            case CallStreaming streaming:
                _sessions.SetStreaming(Sender, streaming.IsStreaming);
                break;
            case CallNotConnected failed:
                _sessions.SetClosing(Sender);
                _log.Debug("could not call a peer back: {0}", failed.Reason);
                NotConnected(Sender);
                break;
            case Terminated gone:
                _sessions.Remove(gone.ActorRef);
                NotConnected(gone.ActorRef);
                break;
            case DrainCallBacks drain:
                foreach (var session in Context.GetChildren())
                    session.Tell(DrainRequested.Instance);
                Timers.StartSingleTimer(DrainOver.Instance, DrainOver.Instance, drain.Deadline);
                var replyTo = Sender;
                Become(later => Draining(later, replyTo));
                TellWhenDrained(replyTo);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Draining(object message, IActorRef replyTo)
    {
        switch (message)
        {
            case CallReceived received:
                Refuse(received.Call, received.SongId, CallBackRules.Because(ErrorCode.ShuttingDown, "this host is shutting down"), Sender);
                break;
            case DrainOver:
                foreach (var session in Context.GetChildren())
                    Context.Stop(session);
                break;
            case Terminated:
                TellWhenDrained(replyTo);
                break;
        }
    }

    private static void TellWhenDrained(IActorRef replyTo)
    {
        if (!Context.GetChildren().Any())
            replyTo.Tell(Drained.Instance);
    }

    private Call? FindLimit(CallBack call) =>
        _sessions.FindLimit(call.Requester, call.RequesterAddress)
        ?? (_dials.WaitFor(1, Now) > TimeSpan.Zero ? CallBackRules.Busy("this host is connecting to too many requesters") : null);

    private void Dial(Asked asked)
    {
        if (_sessions.TryMakeRoom(out var oldest))
            oldest.Tell(GiveWay.Instance);
        _dials.Spend(1);
        _log.Debug("calling peer {0} back at {1} for song {2}", asked.CallBack.Requester, asked.CallBack.EndPoint, asked.CallBack.Song.Id);
        var session = Context.Watch(Context.ActorOf(_session(asked.CallBack)));
        _dialling.Add(session, asked);
        _sessions.Add(session, asked.CallBack.Requester, asked.CallBack.RequesterAddress);
    }

    // The refusal does not say why the host could not connect. Otherwise, a malicious tracker could use calls to probe the host's network.
    private void NotConnected(IActorRef session)
    {
        if (_dialling.Remove(session, out var asked))
        {
            Refuse(
                asked.CallBack.Call, asked.CallBack.Song.Id, CallBackRules.Because(ErrorCode.NoHost, "the host could not connect"),
                asked.Desk);
        }
    }

    // The desk passes the refusal on to the tracker.
    private static void Refuse(Call call, int songId, Call refusal, IActorRef desk)
    {
        refusal.Token = call.Token;
        refusal.PeerId = call.PeerId;
        refusal.Way = call.Way;
        desk.Tell(new SendCall(refusal, songId));
    }

    private static Call InCall(AdmissionRefusal refusal) => new()
    {
        Code = refusal.Code,
        Refusal = refusal.Message,
        RetryAfterMs = (uint)(refusal.RetryAfter?.TotalMilliseconds ?? 0),
    };

    private sealed record DrainOver : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly DrainOver Instance = new();
    }

    private sealed record Asked(CallBack CallBack, IActorRef Desk);
}
