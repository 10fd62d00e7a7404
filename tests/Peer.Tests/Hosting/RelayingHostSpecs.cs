using Akka.Actor;
using Google.Protobuf;
using TspActors.Peer.Hosting;
using TspActors.Protocol;
using TspActors.Transport.Relays;
using TspActors.Transport.Tls;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Hosting;

/// <summary>Checks which tickets a peer accepts at its own port.</summary>
public sealed class RelayingHostSpecs(ITestOutputHelper output) : HostSpec(output)
{
    private readonly RelayReservation _place = RelayReservation.New(PeerId.NewRandom(), PeerId.NewRandom());

    [Fact]
    public async Task A_peer_that_requires_TLS_accepts_tickets_in_plain_and_nothing_else()
    {
        var desk = Sys.ActorOf(RelayDeskActor.Props(new RelaySettings(), new RelayCounts()));
        desk.Tell(new ReservePlace(_place, "tag"), TestActor);
        Assert.Equal(ErrorCode.Unknown, (await ExpectMsgAsync<PlaceReserved>()).Refusal);
        using var identity = TlsIdentity.CreateNew();
        await StartHostAsync(security: new HostSecurity(null, identity.KeyId, RequiresTls: true) { RelayDesk = desk });

        using var requester = await ShowAsync(_place.RequesterTicket);
        using var host = await ShowAsync(_place.HostTicket);
        Assert.True((await requester.Expect<Relay>(Operation.Relay)).Ok);
        Assert.True((await host.Expect<Relay>(Operation.Relay)).Ok);

        using var plain = await ConnectAsync();
        await plain.Send(Operation.Info, 1);
        await plain.ExpectError(ErrorCode.Unauthenticated);
        await plain.ExpectEnd();
    }

    [Fact]
    public async Task A_peer_that_does_not_relay_accepts_no_tickets()
    {
        await StartHostAsync();
        using var requester = await ShowAsync(_place.RequesterTicket);
        await requester.ExpectError(ErrorCode.Unsupported);
    }

    private async Task<RawTspClient> ShowAsync(RelayTicket ticket)
    {
        var client = await ConnectAsync();
        await client.Send(Operation.Relay, 0, new Relay { Ticket = ByteString.CopyFrom(ticket.ToArray()) });
        return client;
    }
}
