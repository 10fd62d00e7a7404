using System.Net;
using Akka.Actor;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Transport.Relays;
using TspActors.Transport.Limits;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests.Relays;

/// <summary>Checks a relay between real sockets.</summary>
public sealed class RelaySpecs(ITestOutputHelper output) : TransportSpec(output)
{
    // Both ends of each pair are on this machine.
    private static readonly RelaySettings Roomy = new() { MaxSessionsPerAddress = 100 };

    private readonly RelayCounts _counts = new();

    [Fact]
    public async Task What_one_end_sends_reaches_the_other_end_in_both_directions()
    {
        var (desk, address) = await StartRelay();
        using var pair = await Join(desk, address);
        byte[] there = [0xFF, 0x16, 1, 2, 3];
        byte[] back = [0, 0xFF, 9];
        await pair.Requester.Send(there);
        Assert.Equal(there, await Receive(pair.Host, there.Length));
        await pair.Host.Send(back);
        Assert.Equal(back, await Receive(pair.Requester, back.Length));
        Assert.Equal((1, 8L), (_counts.Sessions, _counts.Bytes));
    }

    [Fact]
    public async Task Both_ends_speak_TLS_through_the_relay_and_know_each_other_by_their_keys()
    {
        var (desk, address) = await StartRelay();
        using var pair = await Join(desk, address);
        await Task.WhenAll(pair.Host.AcceptTls(ServerIdentity.Context), pair.Requester.StartTls(ClientIdentity.Context));
        Assert.Equal((ServerIdentity.KeyId, ClientIdentity.KeyId), (pair.Requester.RemoteKey, pair.Host.RemoteKey));
        await pair.Requester.Send(Operation.Play, 7);
        Assert.Equal(7, (await pair.Host.Expect(Operation.Play)).SongId);
    }

    [Fact]
    public async Task An_unknown_ticket_is_refused_and_counted()
    {
        var (desk, address) = await StartRelay();
        await Reserve(desk);
        using var stranger = await Show(RelayTicket.NewRandom(), address);
        await stranger.ExpectError(ErrorCode.Forbidden);
        await stranger.ExpectEnd();
        Assert.Equal(1, _counts.Refused);
    }

    [Fact]
    public async Task Many_wrong_tickets_are_counted_against_their_address()
    {
        var (desk, address) = await StartRelay();
        var reservation = await Reserve(desk);
        for (var i = 0; i < ProofAttempts.FreeFailures; i++)
        {
            using var stranger = await Show(RelayTicket.NewRandom(), address);
            await stranger.ExpectError(ErrorCode.Forbidden);
        }

        using var next = await Show(RelayTicket.NewRandom(), address);
        await next.ExpectError(ErrorCode.RateLimited);
        // A correct ticket is still accepted, because somebody else at the address may have shown the wrong ones.
        using var pair = new Pair(await Show(reservation.RequesterTicket, address), await Show(reservation.HostTicket, address));
        await pair.ExpectReady();
    }

    [Fact]
    public async Task A_used_ticket_is_refused_and_the_ends_that_it_connected_stay_connected()
    {
        var (desk, address) = await StartRelay();
        var reservation = await Reserve(desk);
        using var pair = new Pair(await Show(reservation.RequesterTicket, address), await Show(reservation.HostTicket, address));
        await pair.ExpectReady();
        foreach (var used in (RelayTicket[])[reservation.RequesterTicket, reservation.HostTicket])
        {
            using var second = await Show(used, address);
            await second.ExpectError(ErrorCode.Forbidden);
        }

        await pair.Requester.Send([1, 2, 3]);
        Assert.Equal([1, 2, 3], await Receive(pair.Host, 3));
    }

    [Fact]
    public async Task An_end_that_leaves_before_the_other_one_arrives_ends_the_place()
    {
        var (desk, address) = await StartRelay();
        var reservation = await Reserve(desk);
        var first = await Show(reservation.RequesterTicket, address);
        first.FinishSending();
        first.Dispose();
        using var second = await Show(reservation.HostTicket, address);
        // If the relay has not yet noticed that the first end has left, it joins the two ends, and closes the second one once it notices.
        var frames = await second.ReceiveToEnd();
        Assert.DoesNotContain(frames, frame => frame.Operation is not (Operation.Relay or Operation.Error));
    }

    [Fact]
    public async Task An_end_is_informed_if_the_other_end_does_not_arrive()
    {
        var (desk, address) = await StartRelay(Roomy with { SecondEndTimeout = TimeSpan.FromMilliseconds(10) });
        var reservation = await Reserve(desk);
        using var first = await Show(reservation.RequesterTicket, address);
        var error = await first.ExpectError(ErrorCode.NoHost);
        Assert.Equal((true, 10_000u), (error.Retryable, error.RetryAfterMs));
        await first.ExpectEnd();
    }

    [Fact]
    public async Task The_end_of_one_connection_ends_the_other_after_its_last_bytes()
    {
        var (desk, address) = await StartRelay();
        using var pair = await Join(desk, address);
        await pair.Host.Send(new byte[10_000]);
        pair.Host.FinishSending();
        Assert.Equal(10_000, (await pair.Requester.ReceiveAllBytes()).Length);
    }

    [Fact]
    public async Task A_pair_whose_bytes_are_used_up_ends_and_the_others_do_not()
    {
        var (desk, address) = await StartRelay();
        using var other = await Join(desk, address);
        var reservation = RelayReservation.New(PeerId.NewRandom(), PeerId.NewRandom()) with { MaxBytes = 1_000 };
        await Reserve(desk, reservation);
        using var pair = new Pair(await Show(reservation.RequesterTicket, address), await Show(reservation.HostTicket, address));
        await pair.ExpectReady();
        await pair.Host.Send(new byte[600]);
        Assert.Equal(600, (await Receive(pair.Requester, 600)).Length);
        await pair.Host.Send(new byte[600]);
        Assert.Empty(await pair.Requester.ReceiveAllBytes());

        await other.Host.Send([5]);
        Assert.Equal([5], await Receive(other.Requester, 1));
    }

    [Fact]
    public async Task A_pair_above_its_rate_waits_and_loses_nothing()
    {
        var (desk, address) = await StartRelay(Roomy with { Burst = 1_000, BytesPerSecond = 20_000 });
        using var pair = await Join(desk, address);
        var sent = new byte[12_000];
        Random.Shared.NextBytes(sent);
        await pair.Host.Send(sent);
        Assert.Equal(sent, await Receive(pair.Requester, sent.Length));
    }

    [Fact]
    public async Task A_silent_pair_ends()
    {
        var (desk, address) = await StartRelay(Roomy with { IdleTimeout = Soon });
        using var pair = await Join(desk, address);
        Assert.Empty(await pair.Requester.ReceiveAllBytes());
        Assert.Empty(await pair.Host.ReceiveAllBytes());
    }

    [Fact]
    public async Task A_full_relay_refuses_a_further_place_and_counts_it()
    {
        var (desk, address) = await StartRelay(Roomy with { MaxSessions = 1 });
        using var pair = await Join(desk, address);
        var asker = CreateTestProbe();
        desk.Tell(new ReservePlace(RelayReservation.New(PeerId.NewRandom(), PeerId.NewRandom()), "tag"), asker);
        Assert.Equal(new PlaceReserved("tag", ErrorCode.Busy), await asker.ExpectMsgAsync<PlaceReserved>());
        Assert.Equal(1, _counts.Refused);
    }

    [Fact]
    public async Task A_cancelled_place_is_free_for_another_pair()
    {
        var (desk, _) = await StartRelay(Roomy with { MaxSessions = 1 });
        desk.Tell(new CancelPlace(await Reserve(desk)));
        await Reserve(desk);
    }

    private async Task<(IActorRef Desk, IPEndPoint Address)> StartRelay(RelaySettings? settings = null)
    {
        var desk = Sys.ActorOf(RelayDeskActor.Props(settings ?? Roomy, _counts));
        var owner = CreateTestProbe();
        Sys.ActorOf(TspServerActor.Props(
            new IPEndPoint(IPAddress.Loopback, 0), Patient with { CloseTimeout = TimeSpan.FromSeconds(1) },
            () => Props.Create(() => new TicketSession(desk)), owner));
        return (desk, (await owner.ExpectMsgAsync<Listening>()).Address);
    }

    private async Task<RelayReservation> Reserve(IActorRef desk, RelayReservation? reservation = null)
    {
        reservation ??= RelayReservation.New(PeerId.NewRandom(), PeerId.NewRandom());
        var asker = CreateTestProbe();
        desk.Tell(new ReservePlace(reservation, reservation), asker);
        Assert.Equal(ErrorCode.Unknown, (await asker.ExpectMsgAsync<PlaceReserved>()).Refusal);
        return reservation;
    }

    private async Task<Pair> Join(IActorRef desk, IPEndPoint address)
    {
        var reservation = await Reserve(desk);
        var pair = new Pair(await Show(reservation.RequesterTicket, address), await Show(reservation.HostTicket, address));
        await pair.ExpectReady();
        return pair;
    }

    private static async Task<RawTspClient> Show(RelayTicket ticket, IPEndPoint address)
    {
        var client = await RawTspClient.Connect(address);
        await client.Send(Operation.Relay, 0, new Relay { Ticket = ByteString.CopyFrom(ticket.ToArray()) });
        return client;
    }

    private static async Task<byte[]> Receive(RawTspClient from, int count)
    {
        var bytes = new List<byte>();
        while (bytes.Count < count && await from.ReceiveBytes() is { Length: > 0 } piece)
            bytes.AddRange(piece);
        return [.. bytes];
    }

    private sealed record Pair(RawTspClient Requester, RawTspClient Host) : IDisposable
    {
        public async Task ExpectReady()
        {
            Assert.True((await Requester.Expect<Relay>(Operation.Relay)).Ok);
            Assert.True((await Host.Expect<Relay>(Operation.Relay)).Ok);
        }

        public void Dispose()
        {
            Requester.Dispose();
            Host.Dispose();
        }
    }

    /// <summary>A session that handles only tickets.</summary>
    private sealed class TicketSession(IActorRef desk) : UntypedActor
    {
        private ConnectionOpened? _opened;
        private RelayedSession? _held;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case ConnectionOpened opened:
                    _opened = opened;
                    _held = new RelayedSession(opened.Connection);
                    opened.Connection.Tell(ReadMore.Instance);
                    break;
                case FramesReceived received:
                    var relay = Relay.Parser.ParseFrom(received.Frames[0].Body.Span);
                    desk.Tell(new TakePlace(new RelayTicket(relay.Ticket.Span), _opened!.Connection, _opened.Remote.Address));
                    break;
                default:
                    _held!.Handle(message, Context);
                    break;
            }
        }
    }
}
