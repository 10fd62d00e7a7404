using System.Diagnostics.CodeAnalysis;
using System.Net;
using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Transport.Relays;

/// <summary>A place at a relay for two peers, each with a ticket of its own. Only a tracker requests such a place.</summary>
/// <param name="RequesterTicket">The requester's ticket.</param>
/// <param name="HostTicket">The host's ticket.</param>
/// <param name="Requester">The requester.</param>
/// <param name="Host">The host.</param>
public sealed record RelayReservation(RelayTicket RequesterTicket, RelayTicket HostTicket, PeerId Requester, PeerId Host)
{
    /// <summary>How long the tickets are valid; zero = as long as the relay allows.</summary>
    public TimeSpan ValidFor { get; init; }

    /// <summary>How long the place may be in use; zero = as long as the relay allows.</summary>
    public TimeSpan MaxDuration { get; init; }

    /// <summary>How many bytes the place may relay; 0 = as many as the relay allows.</summary>
    public long MaxBytes { get; init; }

    /// <summary>The maximum rate in bytes per second, both directions together; 0 = as high as the relay allows.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>
    /// The requester's address as its tracker sees it; null = not known. No message contains it, so only the tracker's own relay knows it.
    /// </summary>
    public IPAddress? RequesterAddress { get; init; }

    /// <summary>Returns a reservation with two new tickets.</summary>
    public static RelayReservation New(PeerId requester, PeerId host) =>
        new(RelayTicket.NewRandom(), RelayTicket.NewRandom(), requester, host);

    /// <summary>Reads a reservation that a tracker has sent.</summary>
    /// <returns>False if a ticket or an id is missing.</returns>
    public static bool TryRead(Relay relay, [NotNullWhen(true)] out RelayReservation? reservation)
    {
        ArgumentNullException.ThrowIfNull(relay);
        reservation = null;
        if (relay.TicketRequester.IsEmpty || relay.TicketHost.IsEmpty || relay.RequesterId.IsEmpty || relay.HostId.IsEmpty)
            return false;
        reservation = new RelayReservation(
            new RelayTicket(relay.TicketRequester.Span), new RelayTicket(relay.TicketHost.Span), new PeerId(relay.RequesterId.Span),
            new PeerId(relay.HostId.Span))
        {
            ValidFor = TimeSpan.FromMilliseconds(relay.ValidMs),
            MaxDuration = TimeSpan.FromSeconds(relay.MaxSeconds),
            MaxBytes = (long)Math.Min(relay.MaxBytes, (ulong)long.MaxValue),
            BytesPerSecond = relay.MaxBps / 8,
        };
        return true;
    }

    /// <summary>Returns the message that requests the place from a relay.</summary>
    public Relay ToRelay() => new()
    {
        TicketRequester = UnsafeByteOperations.UnsafeWrap(RequesterTicket.ToArray()),
        TicketHost = UnsafeByteOperations.UnsafeWrap(HostTicket.ToArray()),
        RequesterId = UnsafeByteOperations.UnsafeWrap(Requester.ToArray()),
        HostId = UnsafeByteOperations.UnsafeWrap(Host.ToArray()),
        ValidMs = (uint)ValidFor.TotalMilliseconds,
        MaxSeconds = (uint)MaxDuration.TotalSeconds,
        MaxBytes = (ulong)MaxBytes,
        MaxBps = (uint)Math.Min(BytesPerSecond * 8, uint.MaxValue),
    };
}
