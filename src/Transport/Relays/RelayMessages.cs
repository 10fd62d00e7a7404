using System.Net;
using Akka.Actor;
using TspActors.Protocol;

namespace TspActors.Transport.Relays;

/// <summary>To the RelayDeskActor: reserve a place. The reply is <see cref="PlaceReserved"/>.</summary>
/// <param name="Reservation">The place.</param>
/// <param name="Tag">Returned in the reply.</param>
public sealed record ReservePlace(RelayReservation Reservation, object Tag) : ILocalMessage;

/// <summary>The reply to <see cref="ReservePlace"/>.</summary>
/// <param name="Tag">The request's tag.</param>
/// <param name="Refusal">Why there is no place; UNKNOWN = the place is reserved.</param>
public sealed record PlaceReserved(object Tag, ErrorCode Refusal) : ILocalMessage;

/// <summary>To the RelayDeskActor: nobody will show the tickets of this place. There is no reply.</summary>
public sealed record CancelPlace(RelayReservation Reservation) : ILocalMessage;

/// <summary>
/// From a session to the RelayDeskActor: the remote end shows this ticket. The session stops reading. It receives <see cref="PlaceOpened"/>
/// or <see cref="PlaceRefused"/>, which <see cref="RelayedSession"/> handles.
/// </summary>
/// <param name="Ticket">The ticket.</param>
/// <param name="Connection">The session's connection.</param>
/// <param name="Remote">The address of the remote end.</param>
public sealed record TakePlace(RelayTicket Ticket, IActorRef Connection, IPAddress Remote) : ILocalMessage;

/// <summary>To a session: both ends have arrived, and the connection now belongs to the splice.</summary>
public sealed record PlaceOpened(IActorRef Splice) : ILocalMessage;

/// <summary>To a session: the remote end is refused a place.</summary>
/// <param name="Frame">The ERROR with the reason, after which the connection is closed.</param>
public sealed record PlaceRefused(ReadOnlyMemory<byte> Frame) : ILocalMessage;

/// <summary>One end of a relayed pair: its session, and the connection itself.</summary>
internal sealed record RelayEnd(IActorRef Session, IActorRef Connection);
