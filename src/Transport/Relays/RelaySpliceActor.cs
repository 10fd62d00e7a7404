using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Transport.Limits;

namespace TspActors.Transport.Relays;

/// <summary>Relays bytes between two connections, independently in each direction, within the limits of their place.</summary>
/// <remarks>
/// <code>
/// RawReceived from one session → within the limits → Send to the other connection → Sent → ReadMore from the first
///                              → above a limit     → FlowDue, then the same
/// InputEnded from one session  → once its last bytes are passed on, the other connection is closed
/// one session ends             → the other connection is closed; both have ended → stops
/// time or bytes used up, idle  → both connections are closed
/// </code>
/// An end that reads slowly slows down the other end: at most one read in each direction is buffered here.
/// </remarks>
internal sealed class RelaySpliceActor : UntypedActor, IWithTimers
{
    private static readonly byte[] Ready = FrameEncoder.Encode(Operation.Relay, 0, new Relay { Ok = true });

    private readonly RelayPlace _place;
    private readonly RelaySettings _settings;
    private readonly RelayCounts _counts;
    private readonly RelayFlow[] _flows;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private long _bytes;
    private int _open = 2;

    public RelaySpliceActor(
        RelayPlace place, RelayEnd first, RelayEnd second, RelaySettings settings, RelayBudget budget, RelayCounts counts)
    {
        (_place, _settings, _counts) = (place, settings, counts);
        _flows = RelayFlow.Pair(first, second, new TokenBucket(place.BytesPerSecond, settings.Burst, Now), budget);
    }

    /// <param name="place">The place, which is complete.</param>
    /// <param name="first">One end.</param>
    /// <param name="second">The other end.</param>
    /// <param name="settings">The limits.</param>
    /// <param name="budget">The rate of all places together.</param>
    /// <param name="counts">The counters to update.</param>
    public static Props Props(
        RelayPlace place, RelayEnd first, RelayEnd second, RelaySettings settings, RelayBudget budget, RelayCounts counts) =>
        Akka.Actor.Props.Create(() => new RelaySpliceActor(place, first, second, settings, budget, counts));

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    protected override void PreStart()
    {
        _counts.ChangeSessions(1);
        Timers.StartSingleTimer(TimeUsedUp.Instance, TimeUsedUp.Instance, _place.MaxDuration);
        RestartIdle();
        foreach (var flow in _flows)
        {
            var (session, connection) = (flow.From.Session, flow.From.Connection);
            Context.Watch(session);
            // The session must know about this actor before bytes arrive.
            session.Tell(new PlaceOpened(Self));
            connection.Tell(new Send(Ready));
            connection.Tell(BeginRaw.Instance);
            connection.Tell(ReadMore.Instance);
        }
    }

    protected override void PostStop()
    {
        _counts.ChangeSessions(-1);
        _log.Debug("relayed {0} bytes between peer {1} and host {2}", _bytes, _place.Reservation.Requester, _place.Reservation.Host);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RawReceived received when FlowFrom(Sender) is { } flow:
                flow.Add(received.Bytes);
                Pass(flow);
                break;
            case FlowDue due:
                Pass(due.Flow);
                break;
            case Sent { Token: RelayFlow flow }:
                flow.From.Connection.Tell(ReadMore.Instance);
                break;
            case InputEnded when FlowFrom(Sender) is { } flow:
                flow.HasEnded = true;
                if (!flow.HoldsBytes)
                    flow.To.Connection.Tell(new CloseConnection());
                break;
            case Terminated gone when FlowFrom(gone.ActorRef) is { } flow:
                OnGone(flow);
                break;
            case TimeUsedUp:
                EndBoth("its time limit was reached");
                break;
            case Idle:
                EndBoth("it was idle for too long");
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Pass(RelayFlow flow)
    {
        var bytes = flow.Take(Now, out var wait);
        if (bytes.IsEmpty)
        {
            // A pair that waits because of the limits is not idle.
            RestartIdle();
            if (flow.HoldsBytes)
                Timers.StartSingleTimer(flow, new FlowDue(flow), wait);
            return;
        }

        if (_bytes + bytes.Length > _place.MaxBytes)
        {
            EndBoth("its byte limit was reached");
            return;
        }

        _bytes += bytes.Length;
        _counts.AddBytes(bytes.Length);
        RestartIdle();
        flow.To.Connection.Tell(new Send(bytes, Token: flow));
        if (flow.HasEnded)
            flow.To.Connection.Tell(new CloseConnection());
    }

    private void OnGone(RelayFlow flow)
    {
        _open--;
        if (_open == 0)
            Context.Stop(Self);
        else if (!flow.HoldsBytes)
            flow.To.Connection.Tell(new CloseConnection());
        else
            flow.HasEnded = true;
    }

    private void EndBoth(string reason)
    {
        _log.Debug("ending the relay between peer {0} and host {1}: {2}", _place.Reservation.Requester, _place.Reservation.Host, reason);
        Timers.CancelAll();
        foreach (var flow in _flows)
            flow.From.Connection.Tell(new CloseConnection());
    }

    private void RestartIdle() => Timers.StartSingleTimer(Idle.Instance, Idle.Instance, _settings.IdleTimeout);

    private RelayFlow? FlowFrom(IActorRef session) => Array.Find(_flows, flow => flow.From.Session.Equals(session));

    private sealed record FlowDue(RelayFlow Flow) : ILocalMessage, IDeadLetterSuppression;

    private sealed record TimeUsedUp : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly TimeUsedUp Instance = new();
    }

    private sealed record Idle : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Idle Instance = new();
    }
}
