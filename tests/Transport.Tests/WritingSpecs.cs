using System.Net.Sockets;
using Akka.Actor;
using TspActors.Protocol;
using TspActors.Transport.Connections;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests;

public class WritingSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    [Fact]
    public async Task Sends_are_acknowledged_in_order()
    {
        using var link = await Connect(Patient);
        for (var i = 1; i <= 1000; i++)
            link.Tell(new Send(FrameEncoder.Encode(Operation.Info, i), Token: i));
        for (var i = 1; i <= 1000; i++)
            Assert.Equal(i, (await link.Session.ExpectMsgAsync<Sent>()).Token);
        for (var i = 1; i <= 1000; i++)
            Assert.Equal(i, (await link.Remote.Receive())!.Value.SongId);
    }

    [Fact]
    public async Task The_receipt_goes_to_the_sender()
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
        Assert.Equal([1, 2, 3], (await link.Remote.Receive())!.Value.Body.ToArray());
    }

    [Fact]
    public async Task A_large_send_is_acknowledged_once()
    {
        using var link = await Connect(Patient);
        var reading = link.Remote.ReceiveAllBytes();
        link.Tell(new Send(new byte[3 * 1024 * 1024], Token: "large"));
        link.Tell(new Send(new byte[1], Token: "small"));
        Assert.Equal("large", (await link.Session.ExpectMsgAsync<Sent>()).Token);
        Assert.Equal("small", (await link.Session.ExpectMsgAsync<Sent>()).Token);
        link.Tell(new CloseConnection());
        Assert.Equal((3 * 1024 * 1024) + 1, (await reading).Length);
    }

    [Fact]
    public async Task Queueing_more_than_the_limit_aborts_the_connection()
    {
        using var link = await Connect(Patient with { MaxQueuedBytes = 1000 });
        link.Tell(new Send(new byte[1001]));
        var closed = await link.Session.ExpectMsgAsync<ConnectionClosed>();
        Assert.Equal(CloseReason.Aborted, closed.Reason);
        Assert.Contains("1000", closed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_to_send_are_not_copied()
    {
        using var pair = new SocketPair();
        var written = new Queue<Receipt?>();
        using var writer = new SocketWriter(pair.Local, TestActor, written.Enqueue);
        var filler = new byte[64 * 1024 * 1024];
        byte[] body = [0, 4, 5, 0];
        var receipt = new Receipt(TestActor, "token");
        // The filler is larger than the socket buffers, so the body after it has to wait.
        writer.Write(filler);
        writer.Write(new byte[] { 3 }, body.AsMemory(1, 2), receipt);
        body[1] = 9;
        var bytes = await Read(pair.Remote, writer, filler.Length + 3);
        Assert.Equal([3, 9, 5], bytes[^3..]);
        Assert.Equal(0, writer.InFlight);
        Assert.Same(receipt, written.Last());
    }

    [Fact]
    public async Task Many_small_writes_and_pieces_of_large_ones_stay_in_order()
    {
        using var pair = new SocketPair();
        using var writer = new SocketWriter(pair.Local, TestActor, _ => { });
        pair.Local.SendBufferSize = 4096;
        var random = new Random(1);
        var expected = new List<byte>();
        for (var i = 0; i < 300; i++)
        {
            var (first, second) = (new byte[random.Next(0, 40)], new byte[random.Next(0, i % 10 == 0 ? 300_000 : 100)]);
            random.NextBytes(first);
            random.NextBytes(second);
            expected.AddRange([.. first, .. second]);
            writer.Write(first, second);
        }

        Assert.Equal(expected, await Read(pair.Remote, writer, expected.Count));
        Assert.Equal(0, writer.InFlight);
    }

    [Fact]
    public void An_empty_write_is_acknowledged_immediately()
    {
        using var pair = new SocketPair();
        var written = new List<Receipt?>();
        using var writer = new SocketWriter(pair.Local, TestActor, written.Add);
        byte[] bytes = [1];
        var receipt = new Receipt(TestActor, "empty");
        writer.Write(bytes.AsMemory(1), receipt: receipt);
        Assert.Equal(receipt, Assert.Single(written));
        Assert.Equal(0, writer.InFlight);
    }

    [Fact]
    public async Task A_large_write_reports_progress_and_is_acknowledged_at_its_end()
    {
        using var pair = new SocketPair();
        var written = new List<Receipt?>();
        using var writer = new SocketWriter(pair.Local, TestActor, written.Add);
        var last = new Receipt(TestActor, "last");
        writer.Write(new byte[300_000], receipt: last);
        await Read(pair.Remote, writer, 300_000);
        Assert.Equal([null, null, last], written);
    }

    [Fact]
    public void Writing_to_a_disposed_socket_is_recorded_as_a_failure_and_does_not_throw()
    {
        using var pair = new SocketPair();
        using var writer = new SocketWriter(pair.Local, TestActor, _ => { });
        pair.Local.Dispose();
        writer.Write(new byte[1]);
        Assert.NotNull(writer.Failure);
        Assert.Equal(1, writer.InFlight);
    }

    [Fact]
    public async Task A_remote_end_that_disappears_during_a_write_ends_the_connection()
    {
        // The write exceeds the buffers of both sides; a smaller one would succeed before the remote end disappears.
        const int large = 64 * 1024 * 1024;
        using var link = await Connect(Patient with { MaxQueuedBytes = large });
        link.Tell(new Send(new byte[large]));
        await link.Remote.ReceiveBytes(1);
        link.Remote.Reset();
        Assert.Equal(CloseReason.Lost, (await link.Session.ExpectMsgAsync<ConnectionClosed>()).Reason);
    }

    private async Task<byte[]> Read(Socket remote, SocketWriter writer, int count)
    {
        var bytes = new byte[count];
        var reading = Task.Run(async () =>
        {
            for (var at = 0; at < count;)
                at += await remote.ReceiveAsync(bytes.AsMemory(at));
        });
        while (writer.InFlight > 0)
        {
            await ExpectMsgAsync<SocketWriter.Progress>();
            writer.Continue();
        }

        await reading;
        return bytes;
    }

    /// <summary>A pair of connected sockets.</summary>
    private sealed class SocketPair : IDisposable
    {
        public SocketPair()
        {
            using var listener = RawTspClient.Listen();
            Remote = new Socket(SocketType.Stream, ProtocolType.Tcp);
            Remote.Connect(listener.Address());
            Local = listener.Accept();
        }

        public Socket Local { get; }

        public Socket Remote { get; }

        public void Dispose()
        {
            Local.Dispose();
            Remote.Dispose();
        }
    }
}
