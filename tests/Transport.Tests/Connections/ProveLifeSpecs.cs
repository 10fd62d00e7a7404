using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.TestKit;
using TspActors.Protocol;
using TspActors.Transport.Server;
using Xunit.Abstractions;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport.Tests.Connections;

/// <summary>Checks how a connection finds out whether its remote end is alive. A probe takes the place of Akka.IO.</summary>
public sealed class ProveLifeSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    [Fact]
    public async Task Bytes_that_arrive_show_life_at_once()
    {
        using var link = await Open();
        link.Connection.Tell(new ProveLife(TimeSpan.FromMinutes(1)), link.Session);
        Assert.Equal(Operation.Ping, (await link.Remote.Receive())!.Value.Operation);
        link.Connection.Tell(new Tcp.Received(Akka.IO.ByteString.FromBytes(FrameEncoder.Encode(Operation.Pong, 1))), link.Io);
        await link.Session.FishForMessageAsync<LifeShown>(_ => true);
    }

    [Fact]
    public async Task Bytes_that_this_program_has_been_too_busy_to_read_show_life()
    {
        using var link = await Open();
        link.Connection.Tell(new ProveLife(Soon), link.Session);
        await link.Remote.Receive();
        await link.Remote.Send(Operation.Pong, 1);
        await link.Session.FishForMessageAsync<LifeShown>(_ => true);
    }

    [Fact]
    public async Task A_remote_end_that_sends_nothing_shows_no_life()
    {
        using var link = await Open();
        link.Connection.Tell(new ProveLife(Soon), link.Session);
        await link.Session.FishForMessageAsync<NoLifeShown>(_ => true);
    }

    [Fact]
    public async Task While_the_connection_does_not_read_the_remote_end_counts_as_alive()
    {
        using var link = await Open(reading: false);
        link.Connection.Tell(new ProveLife(Soon), link.Session);
        await link.Session.FishForMessageAsync<LifeShown>(_ => true);
    }

    private async Task<OpenLink> Open(bool reading = true)
    {
        using var listener = RawTspClient.Listen();
        var remote = await RawTspClient.Connect((IPEndPoint)listener.LocalEndPoint!);
        var socket = await listener.AcceptAsync();
        var (io, session) = (CreateTestProbe(), CreateTestProbe());
        var connection = CreateTestProbe().ChildActorOf(TspConnectionActor.Incoming(
            io, socket, (IPEndPoint)socket.RemoteEndPoint!, (IPEndPoint)socket.LocalEndPoint!, Patient,
            new ReceiveBudget(1_000_000, 1_000_000), () => ReportingSession.Props(session)));
        await session.ExpectMsgAsync<ConnectionOpened>();
        if (reading)
        {
            connection.Tell(ReadMore.Instance, session);
            await io.FishForMessageAsync<Tcp.ResumeReading>(_ => true);
        }

        return new OpenLink(remote, socket, connection, io, session);
    }

    private sealed record OpenLink(RawTspClient Remote, Socket Socket, IActorRef Connection, TestProbe Io, TestProbe Session) : IDisposable
    {
        public void Dispose()
        {
            Remote.Dispose();
            Socket.Dispose();
        }
    }
}
