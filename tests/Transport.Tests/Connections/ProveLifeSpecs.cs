using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.TestActors;
using TspActors.Protocol;
using TspActors.Transport.Server;
using Xunit.Abstractions;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport.Tests.Connections;

/// <summary>
/// Checks how a connection finds out whether its remote end is alive. A probe takes the place of Akka.IO and receives the replies.
/// </summary>
public class ProveLifeSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    [Fact]
    public async Task Bytes_that_arrive_show_life_at_once()
    {
        using var link = await Open();
        link.Tell(new ProveLife(TimeSpan.FromMinutes(1)));
        Assert.Equal(Operation.Ping, (await link.Remote.Receive())!.Value.Operation);
        await link.Remote.Send(Operation.Pong, 1);
        await link.PassOn();
        await link.Probe.FishForMessageAsync<LifeShown>(_ => true);
    }

    [Fact]
    public async Task Bytes_that_this_program_has_been_too_busy_to_read_show_life()
    {
        using var link = await Open();
        link.Tell(new ProveLife(Soon));
        await link.Remote.Receive();
        await link.Remote.Send(Operation.Pong, 1);
        await link.Probe.FishForMessageAsync<LifeShown>(_ => true);
    }

    // With TLS, the frame is one record. Nothing in a part of it can be decrypted, so only the unread rest shows life.
    [Fact]
    public async Task The_rest_of_a_frame_that_is_still_unread_shows_life()
    {
        using var link = await Open();
        await link.Remote.Send(FrameEncoder.Encode(Operation.Share, 0, new byte[300]));
        await link.PassOn(atMost: 100);
        link.Tell(new ProveLife(Soon));
        await link.Probe.FishForMessageAsync<LifeShown>(_ => true);
    }

    [Fact]
    public async Task A_remote_end_that_sends_nothing_shows_no_life()
    {
        using var link = await Open();
        link.Tell(new ProveLife(Soon));
        await link.Probe.FishForMessageAsync<NoLifeShown>(_ => true);
    }

    [Fact]
    public async Task While_the_connection_does_not_read_the_remote_end_counts_as_alive()
    {
        using var link = await Open(reading: false);
        link.Tell(new ProveLife(Soon));
        await link.Probe.FishForMessageAsync<LifeShown>(_ => true);
    }

    private async Task<OpenLink> Open(bool reading = true)
    {
        using var listener = RawTspClient.Listen();
        var remote = await RawTspClient.Connect(listener.Address());
        var socket = await listener.AcceptAsync();
        var probe = CreateTestProbe();
        var connection = CreateTestProbe().ChildActorOf(TspConnectionActor.Incoming(
            _ => Props.Create(() => new ForwardActor(probe)), AcceptedSocket.TryTake(socket)!,
            Patient with { Identity = IsSecure ? ServerIdentity : null }, new ReceiveBudget(1_000_000, 1_000_000),
            () => ReportingSession.Props(probe)));
        var link = new OpenLink(remote, socket, connection, probe);
        var handshake = IsSecure ? remote.StartTls(ClientIdentity.Context) : Task.CompletedTask;
        await PassOnUntilOpened(link);
        await handshake;
        if (reading)
        {
            connection.Tell(ReadMore.Instance, probe);
            await probe.FishForMessageAsync<Tcp.ResumeReading>(_ => true);
        }

        return link;
    }

    private static async Task PassOnUntilOpened(OpenLink link)
    {
        while (true)
        {
            switch (await link.Probe.ReceiveOneAsync(TimeSpan.FromSeconds(30)))
            {
                case Tcp.Register:
                    break;
                case Tcp.ResumeReading:
                    await link.PassOn();
                    break;
                case ConnectionOpened:
                    return;
                case var other:
                    Assert.Fail($"{other}");
                    break;
            }
        }
    }

    private sealed record OpenLink(RawTspClient Remote, Socket Socket, IActorRef Connection, TestProbe Probe) : IDisposable
    {
        public void Tell(object message) => Connection.Tell(message, Probe);

        /// <summary>Reads the next bytes from the socket, as Akka.IO would, and leaves the others unread.</summary>
        public async Task PassOn(int atMost = 4096)
        {
            var buffer = new byte[atMost];
            var count = await Socket.ReceiveAsync(buffer);
            Tell(new Tcp.Received(Akka.IO.ByteString.FromBytes(buffer, 0, count)));
        }

        public void Dispose()
        {
            Remote.Dispose();
            Socket.Dispose();
        }
    }
}
