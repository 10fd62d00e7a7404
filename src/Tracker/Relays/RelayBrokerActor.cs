using System.Net;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Transport;
using TspActors.Transport.Relays;

namespace TspActors.Tracker.Relays;

/// <summary>Finds a relay for a call, and has the relay reserve a place for the two ends (docs/protocol.md section 3).</summary>
/// <remarks>
/// <code>
/// ArrangeRelay → ReservePlace to this tracker's own relay → PlaceReserved → kept → RelayArranged
///              → refused, or there is none → RELAY to the best volunteer → VolunteerAnswered → the same
///              → refused, or no answer in time → the next volunteer; none left → RelayArranged without an offer
/// CancelRelay  → CancelPlace to this tracker's own relay; a volunteer's place expires
/// </code>
/// Each attempt uses new tickets, so a relay that has refused or timed out does not know any ticket that is in use. The best volunteer is
/// the one with the fewest places. Volunteers that the tracker sees over the same IP version as both ends come before the others, and
/// volunteers that have just refused or timed out come last. If possible, the last volunteer asked is one that has reserved a place before,
/// because strangers may volunteer and never reserve a place.
/// </remarks>
internal sealed class RelayBrokerActor : UntypedActor, IWithTimers
{
    private const int MaxVolunteersAsked = 2;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(3);

    // How long a volunteer that has refused or timed out is ranked after the others.
    private static readonly TimeSpan RestAfterFailure = TimeSpan.FromMinutes(5);

    // The default lifetime of a relayed connection. It serves as an estimate, because volunteers do not report when a connection ends.
    private static readonly TimeSpan PlaceLifetime = TimeSpan.FromMinutes(15);

    private readonly KnownRelays _known;
    private readonly IActorRef? _own;
    private readonly IPEndPoint? _ownEndPoint;
    private readonly Func<PeerId> _ownId;
    private readonly Dictionary<PeerId, Volunteer> _volunteers = [];
    private readonly Dictionary<int, Attempt> _asked = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private int _requestId;

    public RelayBrokerActor(KnownRelays known, IActorRef? own, Func<PeerId> ownId, IPEndPoint? ownEndPoint) =>
        (_known, _own, _ownId, _ownEndPoint) = (known, own, ownId, ownEndPoint);

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => TimeProvider.System.GetElapsedTime(0);

    /// <param name="known">Receives the volunteers.</param>
    /// <param name="own">This tracker's RelayDeskActor; null = this tracker is not a relay.</param>
    /// <param name="ownId">Returns the id of this tracker's current TLS key, which may change when its certificate is renewed.</param>
    /// <param name="ownEndPoint">Where peers reach this tracker; null = the endpoint at which the requester has reached it.</param>
    public static Props Props(KnownRelays known, IActorRef? own, Func<PeerId> ownId, IPEndPoint? ownEndPoint = null) =>
        Akka.Actor.Props.Create(() => new RelayBrokerActor(known, own, ownId, ownEndPoint));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ArrangeRelay arrange:
                Begin(new Attempt(arrange, Sender));
                break;
            case PlaceReserved { Tag: Attempt attempt } reserved:
                if (reserved.Refusal == ErrorCode.Unknown)
                    Arranged(attempt, _ownId(), _ownEndPoint ?? attempt.Arrange.Place.ReachedAt);
                else
                    AskVolunteer(attempt);
                break;
            case CancelRelay cancel:
                if (cancel.Offer.IsOwn)
                    _own?.Tell(new CancelPlace(cancel.Offer.Reservation));
                break;
            case VolunteerJoined joined:
                Add(joined);
                break;
            case VolunteerGone gone when _volunteers.TryGetValue(gone.Id, out var volunteer) && volunteer.Peer.Equals(gone.Peer):
                _volunteers.Remove(gone.Id);
                Publish();
                break;
            case VolunteerGone:
                break;
            case VolunteerAnswered answered when _asked.TryGetValue(answered.RequestId, out var attempt)
                && attempt.Asked?.Id == answered.Volunteer:
                Timers.Cancel(answered.RequestId);
                _asked.Remove(answered.RequestId);
                if (answered.IsKept)
                    Kept(attempt);
                else
                    AskAnother(attempt);
                break;
            case VolunteerAnswered:
                // The answer came too late.
                break;
            case AnswerOverdue overdue when _asked.Remove(overdue.RequestId, out var attempt):
                AskAnother(attempt);
                break;
            case AnswerOverdue:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Begin(Attempt attempt)
    {
        if (_own is null)
            AskVolunteer(attempt);
        else
            _own.Tell(new ReservePlace(attempt.NewReservation(), attempt));
    }

    private void AskAnother(Attempt attempt)
    {
        if (_volunteers.TryGetValue(attempt.Asked!.Id, out var volunteer))
            volunteer.FailedAt = Now;
        AskVolunteer(attempt);
    }

    private void AskVolunteer(Attempt attempt)
    {
        var now = Now;
        var isLast = attempt.Tried.Count == MaxVolunteersAsked - 1;
        var place = attempt.Arrange.Place;
        var (requester, host) = (RelayedPeer.From(place.Requester), RelayedPeer.From(attempt.Arrange.Host));
        var next = attempt.Tried.Count == MaxVolunteersAsked
            ? null
            : _volunteers.Values
                .Where(volunteer => !attempt.Tried.Contains(volunteer.Host.Id)
                    && KnownRelays.MayRelay(volunteer.Host, requester, host))
                .MinBy(volunteer => (
                    volunteer.FailedAt is { } failed && now - failed < RestAfterFailure ? failed : TimeSpan.MinValue,
                    !requester.SharesFamilyWith(volunteer.Host) || !host.SharesFamilyWith(volunteer.Host),
                    isLast && !volunteer.HasKept,
                    volunteer.CountPlaces(now - PlaceLifetime)));
        if (next is null)
        {
            attempt.AskedBy.Tell(new RelayArranged(place, null));
            return;
        }

        attempt.Ask(next.Host);
        _requestId = _requestId == int.MaxValue ? 1 : _requestId + 1;
        _asked[_requestId] = attempt;
        Timers.StartSingleTimer(_requestId, new AnswerOverdue(_requestId), AnswerTimeout);
        next.Connection.Tell(new Send(FrameEncoder.Encode(Operation.Relay, _requestId, attempt.NewReservation().ToRelay())));
    }

    private void Kept(Attempt attempt)
    {
        var relay = attempt.Asked!;
        if (_volunteers.TryGetValue(relay.Id, out var volunteer))
            volunteer.Keep(Now);
        // The relay's address as this tracker sees it, and the port that this tracker has reached.
        Arranged(attempt, relay.Id, new IPEndPoint(relay.SeenAt!, relay.Port));
    }

    private void Arranged(Attempt attempt, PeerId relay, IPEndPoint endpoint)
    {
        var place = attempt.Arrange.Place;
        _log.Debug("{0} will relay between requester {1} and host {2}", endpoint, place.Requester.Id, place.Host);
        attempt.AskedBy.Tell(new RelayArranged(place, new RelayOffer(relay, endpoint, attempt.Reservation!, IsOwn: attempt.Asked is null)));
    }

    private void Add(VolunteerJoined joined)
    {
        Context.WatchWith(joined.Peer, new VolunteerGone(joined.Host.Id, joined.Peer));
        _volunteers[joined.Host.Id] = new Volunteer(joined.Host, joined.Peer, joined.Connection);
        Publish();
    }

    private void Publish() => _known.Volunteers = [.. _volunteers.Values.Select(volunteer => volunteer.Host)];

    private sealed class Volunteer(CatalogHost host, IActorRef peer, IActorRef connection)
    {
        private readonly Queue<TimeSpan> _places = new();

        public CatalogHost Host => host;

        public IActorRef Peer => peer;

        public IActorRef Connection => connection;

        /// <summary>
        /// When the volunteer last refused or did not answer in time; null = it has done neither since it last reserved a place.
        /// </summary>
        public TimeSpan? FailedAt { get; set; }

        /// <summary>Whether the volunteer has ever reserved a place.</summary>
        public bool HasKept { get; private set; }

        public void Keep(TimeSpan now)
        {
            _places.Enqueue(now);
            (HasKept, FailedAt) = (true, null);
        }

        public int CountPlaces(TimeSpan since)
        {
            while (_places.TryPeek(out var oldest) && oldest < since)
                _places.Dequeue();
            return _places.Count;
        }
    }

    private sealed class Attempt(ArrangeRelay arrange, IActorRef askedBy)
    {
        public ArrangeRelay Arrange => arrange;

        public IActorRef AskedBy => askedBy;

        public HashSet<PeerId> Tried { get; } = [];

        public CatalogHost? Asked { get; private set; }

        public RelayReservation? Reservation { get; private set; }

        public void Ask(CatalogHost volunteer)
        {
            Asked = volunteer;
            Tried.Add(volunteer.Id);
        }

        public RelayReservation NewReservation() =>
            Reservation = RelayReservation.New(arrange.Place.Requester.Id, arrange.Place.Host) with
            {
                RequesterAddress = arrange.Place.Address,
            };
    }

    private sealed record VolunteerGone(PeerId Id, IActorRef Peer) : ILocalMessage, IDeadLetterSuppression;

    private sealed record AnswerOverdue(int RequestId) : ILocalMessage, IDeadLetterSuppression;
}
