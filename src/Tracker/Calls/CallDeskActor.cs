using System.Net;
using Akka.Actor;
using Akka.Event;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Clustering.Wire;
using TspActors.Tracker.Monitoring;
using TspActors.Tracker.Reachability;
using TspActors.Tracker.Relays;
using TspActors.Transport;

namespace TspActors.Tracker.Calls;

/// <summary>
/// Passes on calls: requests, sent through the tracker, that a host connect to the requester (docs/protocol.md section 3).
/// </summary>
/// <remarks>
/// <code>
/// PlaceCall   → limits, song and host → AskPort → PortAnswer → CALL to the host, or CallPeer to the host's tracker
///             → through a relay       → ArrangeRelay → RelayArranged → CALL with a ticket to the host and to the requester
///                                                                    → the call is over, or the host has too many → CancelRelay
/// CallPeer    → limits of the host    → CALL to the host
/// RefuseCall  → CALL with the refusal to the requester, or CallRefused to the requester's tracker
/// CallRefused → CALL with the refusal to the requester
/// </code>
/// The endpoint in a call is always this tracker's own observation: the address of the requester's connection, and a port that this tracker
/// has reached. Nothing that a requester sends can make a host connect anywhere else. A call that is not refused ends after 8 s; only the
/// requester knows whether the host has connected.
/// </remarks>
internal sealed class CallDeskActor : UntypedActor, IWithTimers
{
    public const string Name = "calls";

    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly PublishedCatalog _catalog;
    private readonly IActorRef _peers;
    private readonly IActorRef _ports;
    private readonly RemoteRegistrations _elsewhere;
    private readonly IActorRef? _relays;
    private readonly TrackerCounts _counts;
    private readonly CallLimits _limits = new();
    private readonly OpenCalls _open = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public CallDeskActor(
        PublishedCatalog catalog, IActorRef peers, IActorRef ports, RemoteRegistrations elsewhere, TrackerCounts counts,
        IActorRef? relays) =>
        (_catalog, _peers, _ports, _elsewhere, _counts, _relays) = (catalog, peers, ports, elsewhere, counts, relays);

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => TimeProvider.System.GetElapsedTime(0);

    /// <param name="catalog">The source of the newest catalog snapshot.</param>
    /// <param name="peers">The PeerRegistryActor.</param>
    /// <param name="ports">The PortWatchActor.</param>
    /// <param name="elsewhere">The peers that are registered at other trackers in the cluster.</param>
    /// <param name="counts">Counts refused calls.</param>
    /// <param name="relays">The RelayBrokerActor; null = this tracker arranges no relays.</param>
    public static Props Props(
        PublishedCatalog catalog, IActorRef peers, IActorRef ports, RemoteRegistrations elsewhere, TrackerCounts counts,
        IActorRef? relays = null) =>
        Akka.Actor.Props.Create(() => new CallDeskActor(catalog, peers, ports, elsewhere, counts, relays));

    protected override void PreStart() => Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TickInterval);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PlaceCall place:
                Place(place);
                break;
            case PortAnswer { Tag: PlaceCall place } answer:
                PassOn(place, answer.Reached);
                break;
            case RelayArranged arranged:
                PassOn(arranged);
                break;
            case CallPeer call when IsWellFormed(call):
                Receive(call, Sender);
                break;
            case RefuseCall refuse:
                Refuse(new CallToken(refuse.Call.Token.Span), refuse.Host, refuse.Call);
                break;
            case CallRefused refused when refused.Token.Length == CallToken.Size && refused.Host.Length == PeerId.Size:
                Refuse(new CallToken(refused.Token.Span), new PeerId(refused.Host.Span), new Call
                {
                    Code = (ErrorCode)refused.Code,
                    Refusal = refused.Refusal,
                    RetryAfterMs = refused.RetryAfterMs,
                });
                break;
            case CallUndelivered undelivered:
                Refuse(undelivered.Token, undelivered.Peer, CallRefusal.HostIsGone);
                break;
            case Tick:
                _open.Purge(Now);
                _limits.Purge(Now);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Place(PlaceCall place)
    {
        _open.Purge(Now);
        var origin = new OpenCall(place.Requester.Id, place.Host, refusal => Reply(place, refusal));
        if (_limits.TryPlace(place.Requester.Id, CountedAddress.From(place.Address), _open.CountOfRequester(place.Requester.Id), Now)
            is { } wait)
        {
            RefuseNow(origin, CallRefusal.TooMany("this peer is asking for too many calls", wait));
        }
        else if (CallRules.FindFault(place, _catalog.Current, _relays is not null) is { } fault)
        {
            RefuseNow(origin, fault);
        }
        else if (!_open.TryAdd(place.Token, origin, Now))
        {
            RefuseNow(origin, CallRefusal.TokenInUse);
        }
        else if (place.Call.Way != CallWay.Relay)
        {
            _ports.Tell(new AskPort(place.Peer, place));
        }
        else if (_elsewhere.Find(place.Host) is not null)
        {
            Refuse(place.Token, place.Host, CallRefusal.NotHere);
        }
        else if (CallRules.FindHost(place, _catalog.Current) is { } host)
        {
            _relays!.Tell(new ArrangeRelay(place, host));
        }
        else
        {
            Refuse(place.Token, place.Host, CallRefusal.HostIsGone);
        }
    }

    // Each end learns only its own ticket.
    private void PassOn(RelayArranged arranged)
    {
        var place = arranged.Place;
        var isOpen = _open.Find(place.Token) is { } call && call.Host == place.Host;
        if (arranged.Offer is not { } offer)
        {
            if (isOpen)
                Refuse(place.Token, place.Host, CallRefusal.NoRelay);
            return;
        }

        var (toHost, toRequester) = (
            Relayed(place, place.Requester.Id, offer, offer.Reservation.HostTicket),
            Relayed(place, place.Host, offer, offer.Reservation.RequesterTicket));
        if (isOpen && Deliver(place.Token, place.Host, place.Requester.Id, place.SongId, toHost))
            place.Connection.Tell(new Send(FrameEncoder.Encode(Operation.Call, place.SongId, toRequester)));
        else
            _relays!.Tell(new CancelRelay(offer));
    }

    private static Call Relayed(PlaceCall place, PeerId other, RelayOffer offer, RelayTicket ticket) => new()
    {
        Token = place.Call.Token,
        PeerId = UnsafeByteOperations.UnsafeWrap(other.ToArray()),
        Way = CallWay.Relay,
        Endpoint = TextOf(offer.EndPoint),
        Secure = true,
        RelayId = UnsafeByteOperations.UnsafeWrap(offer.Relay.ToArray()),
        RelayTicket = UnsafeByteOperations.UnsafeWrap(ticket.ToArray()),
    };

    private void PassOn(PlaceCall place, IPEndPoint? endpoint)
    {
        // Meanwhile, the host may have refused the call, or the call may have ended.
        if (_open.Find(place.Token) is not { } call || call.Host != place.Host)
            return;
        if (endpoint is null)
        {
            Refuse(place.Token, place.Host, CallRefusal.RequesterNotReached);
        }
        else if (_elsewhere.Find(place.Host) is { } there)
        {
            ClusterPaths.CallDesk(Context, there.Owner).Tell(
                new CallPeer
                {
                    Token = place.Call.Token,
                    Requester = UnsafeByteOperations.UnsafeWrap(place.Requester.Id.ToArray()),
                    Host = place.Call.PeerId,
                    SongId = place.SongId,
                    Endpoint = TextOf(endpoint),
                    Secure = place.Requester.IsSecure,
                }, Self);
        }
        else
        {
            Deliver(place.Token, place.Host, place.Requester.Id, place.SongId, TextOf(endpoint), place.Requester.IsSecure);
        }
    }

    private void Receive(CallPeer call, IActorRef desk)
    {
        _open.Purge(Now);
        var (token, host, requester) = (
            new CallToken(call.Token.Span), new PeerId(call.Host.Span), new PeerId(call.Requester.Span));
        var origin = new OpenCall(requester, host, refusal => desk.Tell(new CallRefused
        {
            Token = call.Token,
            Host = call.Host,
            Code = (uint)refusal.Code,
            Refusal = refusal.Refusal,
            RetryAfterMs = refusal.RetryAfterMs,
        }));
        if (_open.TryAdd(token, origin, Now))
            Deliver(token, host, requester, call.SongId, call.Endpoint, call.Secure);
        else
            RefuseNow(origin, CallRefusal.TokenInUse);
    }

    private void Deliver(CallToken token, PeerId host, PeerId requester, int songId, string endpoint, bool isSecure) =>
        Deliver(token, host, requester, songId, new Call
        {
            Token = UnsafeByteOperations.UnsafeWrap(token.ToArray()),
            PeerId = UnsafeByteOperations.UnsafeWrap(requester.ToArray()),
            Endpoint = endpoint,
            Secure = isSecure,
        });

    private bool Deliver(CallToken token, PeerId host, PeerId requester, int songId, Call call)
    {
        // The number of open calls already includes this one.
        if (_limits.TryReceive(host, _open.CountOfHost(host) - 1, Now) is { } wait)
        {
            Refuse(token, host, CallRefusal.TooMany("too many peers are calling this host", wait));
            return false;
        }

        _log.Debug("peer {0} is asking host {1} to connect to {2} for song {3}", requester, host, call.Endpoint, songId);
        _peers.Tell(new DeliverCall(host, token, FrameEncoder.Encode(Operation.Call, songId, call)));
        return true;
    }

    // Only the host itself, or its tracker, can refuse a call: a token means nothing without the host's id.
    private void Refuse(CallToken token, PeerId host, Call refusal)
    {
        if (_open.Remove(token, host) is { } call)
            RefuseNow(call, refusal);
    }

    private void RefuseNow(OpenCall call, Call refusal)
    {
        _log.Debug("the call from peer {0} to host {1} was refused: {2}", call.Requester, call.Host, refusal.Refusal);
        if (refusal.Code == ErrorCode.RateLimited)
            _counts.AddRejected(ErrorCode.RateLimited);
        call.Refuse(refusal);
    }

    private static void Reply(PlaceCall place, Call refusal) => place.Connection.Tell(new Send(FrameEncoder.Encode(
        Operation.Call, place.SongId, CallRefusal.For(place.Call, refusal))));

    // The scope of a link-local address is meaningful only on this machine. Each end adds its own.
    private static string TextOf(IPEndPoint endpoint) =>
        new IPEndPoint(new IPAddress(endpoint.Address.GetAddressBytes()), endpoint.Port).ToString();

    private static bool IsWellFormed(CallPeer call) => call.Token.Length == CallToken.Size && call.Host.Length == PeerId.Size
        && call.Requester.Length == PeerId.Size && IPEndPoint.TryParse(call.Endpoint, out _);

    private sealed record Tick : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Tick Instance = new();
    }
}
