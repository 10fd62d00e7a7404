using System.Net.Sockets;
using Akka.Actor;
using Akka.IO;
using TspActors.Protocol;
using TspActors.Transport.AkkaInternals;
using Xunit.Abstractions;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport.Tests.AkkaInternals;

/// <summary>Canary tests: Akka.IO's actor for accepted sockets can be created, reads only on request, and resets the connection when it
/// stops.</summary>
public sealed class AcceptedConnectionSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    [Fact]
    public async Task It_reads_the_socket_once_it_is_asked()
    {
        var (remote, io) = await Open(TestActor);
        using var _ = remote;
        Assert.Equal(remote.Socket.Address(), (await ExpectMsgAsync<Tcp.Connected>()).RemoteAddress);

        await remote.Send(FrameEncoder.Encode(Operation.List));
        io.Tell(Tcp.ResumeReading.Instance);

        Assert.Equal(FrameEncoder.Encode(Operation.List), (await ExpectMsgAsync<Tcp.Received>()).Data.ToArray());
    }

    [Fact]
    public async Task Register_and_the_request_to_read_can_be_sent_before_it_reports_that_it_is_connected()
    {
        var (remote, io) = await Open(TestActor);
        using var _ = remote;
        io.Tell(Tcp.ResumeReading.Instance);
        await remote.Send(FrameEncoder.Encode(Operation.List));

        await ExpectMsgAsync<Tcp.Connected>();
        await ExpectMsgAsync<Tcp.Received>();
    }

    [Fact]
    public async Task It_resets_the_connection_when_it_is_stopped()
    {
        var (remote, io) = await Open(TestActor);
        using var _ = remote;
        await ExpectMsgAsync<Tcp.Connected>();

        Sys.Stop(io);

        await Assert.ThrowsAsync<SocketException>(() => remote.ReceiveBytes());
    }

    private async Task<(RawTspClient Remote, IActorRef Io)> Open(IActorRef handler)
    {
        using var listening = RawTspClient.Listen();
        var remote = await RawTspClient.Connect(listening.Address());
        var socket = await listening.AcceptAsync();
        var io = Sys.ActorOf(AcceptedConnection.Props(TcpSettings.Create(Sys), socket, handler));
        io.Tell(new Tcp.Register(handler, keepOpenOnPeerClosed: true));
        return (remote, io);
    }
}
