using System.Net;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Transport.Relays;

namespace TspActors.Transport.Tests.Relays;

public sealed class RelayPlacesSpecs
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress There = IPAddress.Parse("198.51.100.1");
    private static readonly TimeSpan Start = TimeSpan.FromHours(1);

    private readonly RelaySettings _settings = new();

    [Fact]
    public void Both_ends_take_their_place_with_their_own_tickets()
    {
        var places = new RelayPlaces(_settings);
        var reservation = Reserve(places);
        var first = places.Take(reservation.RequesterTicket, Here, Start, out _);
        Assert.False(first!.IsComplete);
        Assert.Same(first, places.Take(reservation.HostTicket, There, Start, out _));
        Assert.True(first.IsComplete);
    }

    [Fact]
    public void A_ticket_that_was_never_issued_is_refused()
    {
        var places = new RelayPlaces(_settings);
        Reserve(places);
        Assert.Null(places.Take(RelayTicket.NewRandom(), Here, Start, out var refusal));
        Assert.Equal(ErrorCode.Forbidden, refusal);
    }

    [Fact]
    public void A_ticket_is_valid_for_one_connection()
    {
        var places = new RelayPlaces(_settings);
        var reservation = Reserve(places);
        Assert.NotNull(places.Take(reservation.RequesterTicket, Here, Start, out _));
        Assert.Null(places.Take(reservation.RequesterTicket, Here, Start, out var refusal));
        Assert.Equal(ErrorCode.Forbidden, refusal);
    }

    [Fact]
    public void A_ticket_that_is_too_old_is_refused()
    {
        var places = new RelayPlaces(_settings);
        var reservation = Reserve(places);
        Assert.Null(places.Take(reservation.RequesterTicket, Here, Start + _settings.ReservationTimeout, out _));
    }

    [Fact]
    public void The_second_end_must_arrive_in_time()
    {
        var places = new RelayPlaces(_settings);
        var reservation = Reserve(places);
        var place = places.Take(reservation.HostTicket, There, Start, out _);
        Assert.Empty(places.EndOverdue(Start + _settings.SecondEndTimeout - TimeSpan.FromSeconds(1)));
        Assert.Same(place, Assert.Single(places.EndOverdue(Start + _settings.SecondEndTimeout)));
        Assert.Null(places.Take(reservation.RequesterTicket, Here, Start, out _));
        Assert.Equal(0, places.Count);
    }

    [Fact]
    public void A_ticket_does_not_last_longer_because_the_other_end_was_late()
    {
        var places = new RelayPlaces(_settings);
        var reservation = Reserve(places);
        Assert.NotNull(places.Take(reservation.RequesterTicket, Here, Start + TimeSpan.FromSeconds(19), out _));
        Assert.Null(places.Take(reservation.HostTicket, There, Start + _settings.ReservationTimeout, out var refusal));
        Assert.Equal(ErrorCode.Forbidden, refusal);
        Assert.Single(places.EndOverdue(Start + _settings.ReservationTimeout));
    }

    [Fact]
    public void A_complete_place_is_not_overdue()
    {
        var places = new RelayPlaces(_settings);
        var reservation = Reserve(places);
        places.Take(reservation.RequesterTicket, Here, Start, out _);
        places.Take(reservation.HostTicket, There, Start, out _);
        Assert.Empty(places.EndOverdue(Start + TimeSpan.FromHours(1)));
    }

    [Fact]
    public void Places_beyond_the_number_of_sessions_are_refused_until_one_ends()
    {
        var places = new RelayPlaces(_settings with { MaxSessions = 1 });
        var reservation = Reserve(places);
        var place = places.Take(reservation.RequesterTicket, Here, Start, out _);
        Assert.Equal(ErrorCode.Busy, places.TryReserve(New(), Start));
        places.End(place!);
        Assert.Equal(ErrorCode.Unknown, places.TryReserve(New(), Start));
    }

    [Fact]
    public void Places_whose_rates_would_exceed_the_total_are_refused()
    {
        var places = new RelayPlaces(_settings with { MaxBytesPerSecond = 2_500, BytesPerSecond = 1_000 });
        Reserve(places);
        Reserve(places);
        Assert.Equal(ErrorCode.Busy, places.TryReserve(New(), Start));
        Assert.Equal(ErrorCode.Unknown, places.TryReserve(New() with { BytesPerSecond = 500 }, Start));
    }

    [Fact]
    public void A_peer_may_have_only_a_few_places()
    {
        var places = new RelayPlaces(_settings);
        var peer = PeerId.NewRandom();
        Assert.Equal(ErrorCode.Unknown, places.TryReserve(RelayReservation.New(peer, PeerId.NewRandom()), Start));
        Assert.Equal(ErrorCode.Unknown, places.TryReserve(RelayReservation.New(PeerId.NewRandom(), peer), Start));
        Assert.Equal(ErrorCode.RateLimited, places.TryReserve(RelayReservation.New(peer, PeerId.NewRandom()), Start));
        Assert.Equal(ErrorCode.Unknown, places.TryReserve(New(), Start));
    }

    [Fact]
    public void An_address_may_have_only_a_few_places()
    {
        var places = new RelayPlaces(_settings with { MaxSessionsPerAddress = 1 });
        var (first, second) = (Reserve(places), Reserve(places));
        Assert.NotNull(places.Take(first.RequesterTicket, Here, Start, out _));
        Assert.Null(places.Take(second.RequesterTicket, Here, Start, out var refusal));
        Assert.Equal(ErrorCode.RateLimited, refusal);
        Assert.NotNull(places.Take(first.HostTicket, There, Start, out _));
    }

    [Fact]
    public void A_place_counts_towards_its_requesters_address_from_the_reservation_on()
    {
        var places = new RelayPlaces(_settings with { MaxSessionsPerAddress = 2 });
        var (first, second) = (New() with { RequesterAddress = Here }, New() with { RequesterAddress = Here });
        Assert.Equal(ErrorCode.Unknown, places.TryReserve(first, Start));
        Assert.Equal(ErrorCode.Unknown, places.TryReserve(second, Start));
        Assert.Equal(ErrorCode.RateLimited, places.TryReserve(New() with { RequesterAddress = Here }, Start));
        Assert.Equal(ErrorCode.Unknown, places.TryReserve(New() with { RequesterAddress = There }, Start));

        // A requester that has arrived counts only once. A requester that does not arrive in time no longer counts.
        Assert.NotNull(places.Take(first.RequesterTicket, Here, Start, out _));
        Assert.Equal(ErrorCode.RateLimited, places.TryReserve(New() with { RequesterAddress = Here }, Start));
        Assert.NotEmpty(places.EndOverdue(Start + _settings.ReservationTimeout));
        Assert.Equal(ErrorCode.Unknown, places.TryReserve(New() with { RequesterAddress = Here }, Start));
    }

    [Fact]
    public void A_cancelled_place_is_free_at_once_unless_an_end_has_taken_it()
    {
        var places = new RelayPlaces(_settings);
        var (unused, taken) = (Reserve(places), Reserve(places));
        places.Take(taken.HostTicket, There, Start, out _);

        places.Cancel(unused);
        places.Cancel(taken);
        places.Cancel(New());

        Assert.Equal(1, places.Count);
        Assert.Null(places.Take(unused.RequesterTicket, Here, Start, out _));
        Assert.NotNull(places.Take(taken.RequesterTicket, Here, Start, out _));
    }

    [Fact]
    public void A_peer_is_not_connected_to_itself()
    {
        var peer = PeerId.NewRandom();
        Assert.Equal(ErrorCode.BadRequest, new RelayPlaces(_settings).TryReserve(RelayReservation.New(peer, peer), Start));
    }

    [Fact]
    public void A_tracker_can_lower_the_limits_of_a_place_but_not_raise_them()
    {
        var places = new RelayPlaces(_settings);
        var modest = New() with { MaxBytes = 10, BytesPerSecond = 20, MaxDuration = TimeSpan.FromSeconds(3) };
        places.TryReserve(modest, Start);
        var place = places.Take(modest.HostTicket, Here, Start, out _)!;
        Assert.Equal((10L, 20L, TimeSpan.FromSeconds(3)), (place.MaxBytes, place.BytesPerSecond, place.MaxDuration));

        var greedy = New() with { MaxBytes = long.MaxValue, BytesPerSecond = 1_000_000_000, MaxDuration = TimeSpan.FromDays(9) };
        places.TryReserve(greedy, Start);
        place = places.Take(greedy.HostTicket, There, Start, out _)!;
        Assert.Equal(
            (_settings.MaxBytes, _settings.BytesPerSecond, _settings.MaxDuration),
            (place.MaxBytes, place.BytesPerSecond, place.MaxDuration));
    }

    [Fact]
    public void A_reservation_survives_the_wire()
    {
        var sent = New() with
        {
            ValidFor = TimeSpan.FromSeconds(20),
            MaxDuration = TimeSpan.FromMinutes(15),
            MaxBytes = 40_000_000,
            BytesPerSecond = 42_500,
        };
        Assert.True(RelayReservation.TryRead(Relay.Parser.ParseFrom(sent.ToRelay().ToByteArray()), out var received));
        Assert.Equal(sent, received);
        Assert.False(RelayReservation.TryRead(new Relay { Ticket = sent.ToRelay().TicketHost }, out _));
    }

    private static RelayReservation New() => RelayReservation.New(PeerId.NewRandom(), PeerId.NewRandom());

    private static RelayReservation Reserve(RelayPlaces places)
    {
        var reservation = New();
        Assert.Equal(ErrorCode.Unknown, places.TryReserve(reservation, Start));
        return reservation;
    }
}
