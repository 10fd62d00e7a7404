using System.Diagnostics;
using System.Net;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Transport.Limits;

namespace TspActors.Transport.Relays;

/// <summary>
/// This program's relay: reserves places for a tracker, and joins the two connections that show a place's tickets.
/// </summary>
/// <remarks>
/// <code>
/// ReservePlace → PlaceReserved          CancelPlace → the place is removed
/// TakePlace    → the first end of a place waits; the second one → a RelaySpliceActor, which sends both ends RELAY
///              → a ticket that is unknown, used or too old → PlaceRefused
/// </code>
/// Supervision: a splice that fails is stopped, and its sessions close their connections. If this actor fails, all relayed
/// connections close, and the requesters continue elsewhere.
/// </remarks>
public sealed class RelayDeskActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    // The same delay as in every NO_HOST (docs/protocol.md section 7).
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    // Tickets cannot be guessed. The delay keeps anyone who tries anyway from filling the log.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    private readonly RelaySettings _settings;
    private readonly RelayCounts _counts;
    private readonly RelayPlaces _places;
    private readonly RelayBudget _budget;
    private readonly ProofAttempts _wrong = new(LongestDelay, TimeProvider.System);
    private readonly Dictionary<RelayPlace, RelayEnd> _first = [];
    private readonly Dictionary<IActorRef, RelayPlace> _watched = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();

    /// <summary>Creates the actor.</summary>
    public RelayDeskActor(RelaySettings settings, RelayCounts counts)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (_settings, _counts) = (settings, counts);
        _places = new RelayPlaces(settings);
        _budget = new RelayBudget(settings.MaxBytesPerSecond, Now);
    }

    /// <param name="settings">The limits.</param>
    /// <param name="counts">The counters to update.</param>
    public static Props Props(RelaySettings settings, RelayCounts counts) =>
        Akka.Actor.Props.Create(() => new RelayDeskActor(settings, counts));

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <inheritdoc/>
    protected override void PreStart() => Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TickInterval);

    /// <inheritdoc/>
    protected override void PostStop()
    {
        // Otherwise these connections would wait forever, because nothing is read from them.
        foreach (var place in _first.Keys.ToList())
            EndWaiting(place, Errors.Frame(ErrorCode.Internal, "the relay has failed"));
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ReservePlace reserve:
                Reserve(reserve);
                break;
            case CancelPlace cancel:
                _places.Cancel(cancel.Reservation);
                break;
            case TakePlace take:
                Take(take, Sender);
                break;
            case Terminated gone when _watched.Remove(gone.ActorRef, out var place):
                End(place);
                break;
            case Tick:
                foreach (var overdue in _places.EndOverdue(Now))
                    EndWaiting(overdue, Errors.Frame(ErrorCode.NoHost, "the other end did not connect", retryAfter: RetryAfter));
                break;
            case Terminated:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Reserve(ReservePlace reserve)
    {
        var refusal = _places.TryReserve(reserve.Reservation, Now);
        if (refusal != ErrorCode.Unknown)
            _counts.AddRefused();
        Sender.Tell(new PlaceReserved(reserve.Tag, refusal));
    }

    private void Take(TakePlace take, IActorRef session)
    {
        if (_places.Take(take.Ticket, take.Remote, Now, out var refusal) is not { } place)
        {
            _counts.AddRefused();
            session.Tell(new PlaceRefused(refusal == ErrorCode.RateLimited
                ? Errors.Frame(ErrorCode.RateLimited, "too many connections are being relayed for your address", retryAfter: _settings.SecondEndTimeout)
                : RefuseStranger(take.Remote)));
            return;
        }

        var end = new RelayEnd(session, take.Connection);
        if (!place.IsComplete)
        {
            _first.Add(place, end);
            _watched[Context.Watch(session)] = place;
            return;
        }

        _first.Remove(place, out var first);
        _watched.Remove(Context.Unwatch(first!.Session));
        var splice = Context.ActorOf(RelaySpliceActor.Props(place, first, end, _settings, _budget, _counts));
        _watched[Context.Watch(splice)] = place;
        _log.Debug("relaying between peer {0} and host {1}", place.Reservation.Requester, place.Reservation.Host);
    }

    private byte[] RefuseStranger(IPAddress remote)
    {
        var wait = _wrong.WaitFor(remote, default);
        _wrong.Fail(remote, default);
        if (wait > TimeSpan.Zero)
            return Errors.Frame(ErrorCode.RateLimited, "too many wrong tickets came from your address", retryAfter: wait);
        _log.Debug("{0} showed a ticket that is not valid here", remote);
        return Errors.Frame(ErrorCode.Forbidden, "this ticket is not valid here");
    }

    private void End(RelayPlace place)
    {
        _places.End(place);
        _first.Remove(place);
    }

    private void EndWaiting(RelayPlace place, byte[] lastWords)
    {
        if (!_first.Remove(place, out var first))
            return;
        _watched.Remove(Context.Unwatch(first.Session));
        first.Session.Tell(new PlaceRefused(lastWords));
    }

    private sealed record Tick : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Tick Instance = new();
    }
}
