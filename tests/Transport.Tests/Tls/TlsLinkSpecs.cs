using System.Buffers;
using System.Net.Sockets;
using Akka.Actor;
using Akka.IO;
using Akka.TestKit;
using TspActors.Transport.Connections;
using TspActors.Transport.Tls;
using Xunit.Abstractions;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport.Tests.Tls;

/// <summary>Checks how a <see cref="TlsLink"/> uses its buffers, over a real socket and without its actor.</summary>
public sealed class TlsLinkSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    // In TLS 1.3, a record is longer than its content by a header, a type and a tag.
    private const int RecordOverhead = 5 + 1 + 16;

    // Fails if Dispose completes the pending write, which returns SslStream's buffer to the pool while the socket is sending from it.
    [Fact]
    public async Task After_a_stop_in_the_middle_of_a_write_the_socket_still_sends_what_was_encrypted()
    {
        using var ends = await Secure();
        var sent = new byte[32 * 1024 * 1024];
        new Random(3).NextBytes(sent);
        ends.Link.Write(sent);
        Assert.True(ends.Link.InFlight > 0);

        // The remote end has read nothing, so the operating system still has to send from a pooled buffer.
        ends.Link.Dispose();
        Scribble();
        ends.Remote.Socket.ReceiveTimeout = 1000;
        var received = await ReceiveUntilQuiet(ends.Remote);

        Assert.InRange(received.Length, 16 * 1024, sent.Length - 1);
        Assert.True(received.AsSpan().SequenceEqual(sent.AsSpan(0, received.Length)));
    }

    [Fact]
    public async Task A_header_and_its_body_are_joined_and_a_large_body_is_not_copied()
    {
        var receipts = new List<Receipt?>();
        using var ends = await Secure(receipts.Add);
        var last = new Receipt(TestActor, "last");
        ends.Link.Write(new byte[9], new byte[100]);
        ends.Link.Write(new byte[9], new byte[200_000], last);
        ends.Link.EndOutput();
        await ends.RunUntil(() => ends.Link.InFlight == 0);
        Assert.Same(last, receipts.Last(receipt => receipt is not null));
        ends.Local.Shutdown(SocketShutdown.Send);
        Assert.Equal(9 + 100 + 9 + 200_000, (await ends.Remote.ReceiveAllBytes()).Length);
    }

    // Reads of one byte cut each record, also those of the handshake, at every byte; a read of 64 KiB returns three records at once.
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(5, true)]
    [InlineData(7, true)]
    [InlineData(64 * 1024, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(5, false)]
    [InlineData(7, false)]
    [InlineData(64 * 1024, false)]
    public async Task Records_arrive_in_reads_of_any_size(int readBytes, bool asServer)
    {
        using var ends = await Secure(readBytes: readBytes, asServer: asServer);
        // Before its first write, a server also sends session tickets.
        byte[] first = [1, 2, 3];
        await ends.Remote.Send(first);
        Assert.Equal(first, await ends.Receive(first.Length));

        byte[][] writes = [new byte[9], [.. Enumerable.Range(0, 300).Select(i => (byte)i)], new byte[20]];
        var expected = writes.SelectMany(write => write).ToArray();
        await ends.Remote.Send(writes);
        await AwaitAssertAsync(() => Assert.InRange(ends.Local.Available, expected.Length + (3 * RecordOverhead), 64 * 1024));
        var (arrived, readsBefore) = (ends.Local.Available, ends.Reads);

        Assert.Equal(expected, await ends.Receive(expected.Length));
        Assert.Equal((arrived + readBytes - 1) / readBytes, ends.Reads - readsBefore);
    }

    [Fact]
    public async Task A_handshake_does_not_start_if_too_many_are_waiting()
    {
        using var ends = await Plain();
        Assert.False(ends.Link.TryStart(new HandshakeGate(0, 0)));
        await ends.Owner.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    // Rents many buffers of the sizes that SslStream uses, and overwrites them.
    private static void Scribble()
    {
        for (var size = 1024; size <= 128 * 1024; size *= 2)
        {
            for (var i = 0; i < 64; i++)
                ArrayPool<byte>.Shared.Rent(size).AsSpan().Fill(0xEE);
        }
    }

    private static async Task<byte[]> ReceiveUntilQuiet(RawTspClient remote)
    {
        using var all = new MemoryStream();
        while (true)
        {
            var next = remote.ReceiveBytes();
            if (await Task.WhenAny(next, Task.Delay(TimeSpan.FromSeconds(2))) != next)
                return all.ToArray();
            all.Write(await next);
        }
    }

    private async Task<Ends> Secure(Action<Receipt?>? accepted = null, int readBytes = 4096, bool asServer = true)
    {
        var ends = await Plain(accepted, readBytes, asServer);
        Assert.True(ends.Link.TryStart(new HandshakeGate(1, 1)));
        var handshake = asServer ? ends.Remote.StartTls(ClientIdentity.Context) : ends.Remote.AcceptTls(ServerIdentity.Context);
        await ends.RunUntil(() => ends.IsOpen);
        await handshake;
        return ends;
    }

    // Connects both ends, but starts no handshake.
    private async Task<Ends> Plain(Action<Receipt?>? accepted = null, int readBytes = 4096, bool asServer = true)
    {
        using var listener = RawTspClient.Listen();
        var remote = await RawTspClient.Connect(listener.Address());
        var local = await listener.AcceptAsync();
        var own = asServer
            ? TlsHandshake.Accept(ServerIdentity)
            : TlsHandshake.Connect(TlsClient.Pinned(ClientIdentity, ServerIdentity.KeyId));
        return new Ends(local, remote, CreateTestProbe(), accepted ?? (_ => { }), own, readBytes);
    }

    /// <summary>Acts as the connection actor and Akka.IO for a link.</summary>
    private sealed class Ends : IDisposable
    {
        private readonly int _readBytes;

        public Ends(
            Socket local, RawTspClient remote, TestProbe owner, Action<Receipt?> accepted, TlsHandshake handshake, int readBytes)
        {
            (Local, Remote, Owner, _readBytes) = (local, remote, owner, readBytes);
            Link = new TlsLink(local, owner, owner, accepted, handshake);
        }

        public Socket Local { get; }

        public RawTspClient Remote { get; }

        public TestProbe Owner { get; }

        public TlsLink Link { get; }

        public bool IsOpen { get; private set; }

        /// <summary>The number of reads from the socket.</summary>
        public int Reads { get; private set; }

        public async Task RunUntil(Func<bool> condition)
        {
            while (!condition())
            {
                switch (await Owner.ReceiveOneAsync(TimeSpan.FromSeconds(30)))
                {
                    case Tcp.ResumeReading:
                        var buffer = new byte[_readBytes];
                        var count = await Local.ReceiveAsync(buffer);
                        Reads++;
                        Link.Feed(ByteString.FromBytes(buffer, 0, count));
                        break;
                    case SocketWriter.Progress:
                        Link.Continue();
                        break;
                    case CipherSocket.Work:
                        Link.Resume();
                        break;
                    case HandshakeDone:
                        Link.Open();
                        IsOpen = true;
                        break;
                    case var other:
                        Assert.Fail($"{other}");
                        break;
                }
            }
        }

        /// <summary>Returns the next bytes that the remote end has sent.</summary>
        public async Task<byte[]> Receive(int length)
        {
            var all = new List<byte>();
            await RunUntil(HasArrived);
            return [.. all];

            bool HasArrived()
            {
                while (all.Count < length)
                {
                    var result = Link.Read(out var bytes);
                    if (result == TlsReadResult.Pending)
                        return false;
                    Assert.Equal(TlsReadResult.Bytes, result);
                    all.AddRange(bytes.Span);
                }

                return true;
            }
        }

        public void Dispose()
        {
            Link.Dispose();
            Local.Dispose();
            Remote.Dispose();
        }
    }
}
