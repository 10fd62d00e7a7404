using System.Net;
using Akka.Actor;
using TspActors.Protocol;
using TspActors.Tracker.Calls;
using TspActors.Tracker.Catalog;
using TspActors.Transport;
using TspActors.Transport.Relays;

namespace TspActors.Tracker.Relays;

/// <summary>
/// From the CallDeskActor to the RelayBrokerActor: have a relay reserve a place for this call. The reply is <see cref="RelayArranged"/>.
/// </summary>
/// <param name="Place">The call.</param>
/// <param name="Host">The host.</param>
internal sealed record ArrangeRelay(PlaceCall Place, CatalogHost Host) : ILocalMessage;

/// <summary>The reply to <see cref="ArrangeRelay"/>.</summary>
/// <param name="Place">The call.</param>
/// <param name="Offer">The place; null = no relay has reserved one.</param>
internal sealed record RelayArranged(PlaceCall Place, RelayOffer? Offer) : ILocalMessage;

/// <summary>From the CallDeskActor to the RelayBrokerActor: the call is over, and nobody has received the tickets of this place.</summary>
internal sealed record CancelRelay(RelayOffer Offer) : ILocalMessage;

/// <summary>A place that a relay has reserved.</summary>
/// <param name="Relay">The relay's peer id, or the id of this tracker's key.</param>
/// <param name="EndPoint">The endpoint to which both ends connect.</param>
/// <param name="Reservation">The place, with both tickets.</param>
/// <param name="IsOwn">Whether the relay is this tracker's own.</param>
internal sealed record RelayOffer(PeerId Relay, IPEndPoint EndPoint, RelayReservation Reservation, bool IsOwn = false);

/// <summary>From a session to the RelayBrokerActor: its peer offers itself as a relay.</summary>
/// <param name="Host">The peer.</param>
/// <param name="Peer">Its PeerActor; when it stops, the offer is withdrawn.</param>
/// <param name="Connection">Its connection.</param>
internal sealed record VolunteerJoined(CatalogHost Host, IActorRef Peer, IActorRef Connection) : ILocalMessage;

/// <summary>From a session to the RelayBrokerActor: its peer has answered the request for a place.</summary>
/// <param name="Volunteer">The peer.</param>
/// <param name="RequestId">The id in the header of the request and of the reply.</param>
/// <param name="IsKept">Whether the volunteer has reserved the place.</param>
internal sealed record VolunteerAnswered(PeerId Volunteer, int RequestId, bool IsKept) : ILocalMessage;
