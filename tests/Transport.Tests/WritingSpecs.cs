using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.IO;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests;

public sealed class WritingSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    [Fact]
    public async Task Sends_are_acknowledged_in_their_order()
    {
        using var link = await Connect(Patient);
        for (var i = 1; i <= 1000; i++)
            link.Tell(new Send(FrameEncoder.Encode(Operation.Info, i), Token: i));
        for (var i = 1; i <= 1000; i++)
            Assert.Equal(i, (await link.Session.ExpectMsgAsync<Sent>()).Token);
        for (var i = 1; i <= 1000; i++)
            Assert.Equal(i, (await link.Remote.ReceiveFrame())!.Value.SongId);
    }

    [Fact]
    public async Task The_receipt_goes_to_whoever_sent()
    {
        using var link = await Connect(Patient);
        var sender = CreateTestProbe();
        link.Connection.Tell(new Send(FrameEncoder.Encode(Operation.Pong), Token: 1), sender);
        Assert.Equal(1, (await sender.ExpectMsgAsync<Sent>()).Token);
    }

    [Fact]
    public async Task Header_and_body_of_one_send_arrive_in_order()
    {
        using var link = await Connect(Patient);
        var frame = FrameEncoder.Encode(Operation.Data, 4, [1, 2, 3]);
        link.Tell(new Send(frame.AsMemory(0, FrameHeader.SizeWithLength), frame.AsMemory(FrameHeader.SizeWithLength), Token: "both"));
        await link.Session.ExpectMsgAsync<Sent>();
        Assert.Equal([1, 2, 3], (await link.Remote.ReceiveFrame())!.Value.Body.ToArray());
    }

    [Fact]
    public async Task A_large_send_is_acknowledged_once()
    {
        using var link = await Connect(Patient);
        var reading = link.Remote.ReceiveAll();
        link.Tell(new Send(new byte[3 * 1024 * 1024], Token: "large"));
        link.Tell(new Send(new byte[1], Token: "small"));
        Assert.Equal("large", (await link.Session.ExpectMsgAsync<Sent>()).Token);
        Assert.Equal("small", (await link.Session.ExpectMsgAsync<Sent>()).Token);
        link.Tell(new CloseConnection());
        Assert.Equal((3 * 1024 * 1024) + 1, (await reading).Length);
    }

    [Fact]
    public async Task More_than_may_be_queued_cuts_the_connection()
    {
        using var link = await Connect(Patient with { MaxQueuedBytes = 1000 });
        link.Tell(new Send(new byte[1001]));
        var closed = await link.Session.ExpectMsgAsync<ConnectionClosed>();
        Assert.Equal(CloseReason.Aborted, closed.Reason);
        Assert.Contains("1000", closed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_to_send_are_not_copied()
    {
        byte[] header = [1, 2, 3], body = [0, 4, 5, 0];
        new SocketWriter(TestActor).Write(header, body.AsMemory(1, 2), new Receipt(TestActor, "token"));
        var write = ExpectMsg<Tcp.Write>();
        body[1] = 9;
        Assert.Equal([1, 2, 3, 9, 5], write.Data.ToArray());
        Assert.Equal(new Receipt(TestActor, "token"), Assert.IsType<SocketWriter.Taken>(write.Ack).Receipt);
    }

    [Fact]
    public void Empty_memory_at_the_end_of_an_array_is_nothing_to_send()
    {
        byte[] bytes = [1];
        new SocketWriter(TestActor).Write(bytes, bytes.AsMemory(1));
        Assert.Equal([1], ExpectMsg<Tcp.Write>().Data.ToArray());
    }

    [Fact]
    public void Bytes_in_flight_are_counted_until_they_are_taken()
    {
        var writer = new SocketWriter(TestActor);
        var last = new Receipt(TestActor, "last");
        writer.Write(new byte[300_000], receipt: last);
        Assert.Equal(300_000, writer.InFlight);
        Receipt? receipt = null;
        while (writer.InFlight > 0)
        {
            Assert.Null(receipt);
            var taken = Assert.IsType<SocketWriter.Taken>(ExpectMsg<Tcp.Write>().Ack);
            writer.Acknowledge(taken);
            receipt = taken.Receipt;
        }

        Assert.Same(last, receipt);
    }

    [Fact]
    public void Received_bytes_are_the_array_that_the_socket_filled()
    {
        byte[] array = [0, 1, 2, 3];
        var memory = new ReceivedBytes().Of(ByteString.FromBytes(array, 1, 3));
        Assert.True(MemoryMarshal.TryGetArray(memory, out var segment));
        Assert.Same(array, segment.Array);
        Assert.Equal([1, 2, 3], memory.ToArray());
    }

    [Fact]
    public void Received_bytes_in_several_pieces_are_joined()
    {
        var torn = ByteString.FromBytes([1, 2]) + ByteString.FromBytes([3]);
        Assert.Equal([1, 2, 3], new ReceivedBytes().Of(torn).ToArray());
        Assert.True(new ReceivedBytes().Of(ByteString.Empty).IsEmpty);
    }
}
