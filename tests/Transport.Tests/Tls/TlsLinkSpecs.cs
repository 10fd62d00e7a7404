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

    private async Task<Ends> Secure(Action<Receipt?>? accepted = null)
    {
        using var listener = RawTspClient.Listen();
        var remote = await RawTspClient.Connect(listener.Address());
        var local = await listener.AcceptAsync();
        var ends = new Ends(local, remote, CreateTestProbe(), accepted ?? (_ => { }));
        Assert.True(ends.Link.TryStart(new HandshakeGate(1, 1)));
        var handshake = remote.StartTls(ClientIdentity.Context);
        await ends.RunUntil(() => ends.IsOpen);
        await handshake;
        return ends;
    }

    /// <summary>Acts as the connection actor and Akka.IO for a link.</summary>
    private sealed class Ends : IDisposable
    {
        private readonly TestProbe _owner;

        public Ends(Socket local, RawTspClient remote, TestProbe owner, Action<Receipt?> accepted)
        {
            (Local, Remote, _owner) = (local, remote, owner);
            Link = new TlsLink(local, owner, owner, accepted, TlsHandshake.Accept(ServerIdentity));
        }

        public Socket Local { get; }

        public RawTspClient Remote { get; }

        public TlsLink Link { get; }

        public bool IsOpen { get; private set; }

        public async Task RunUntil(Func<bool> condition)
        {
            while (!condition())
            {
                switch (await _owner.ReceiveOneAsync(TimeSpan.FromSeconds(30)))
                {
                    case Tcp.ResumeReading:
                        var buffer = new byte[4096];
                        var count = await Local.ReceiveAsync(buffer);
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

        public void Dispose()
        {
            Link.Dispose();
            Local.Dispose();
            Remote.Dispose();
        }
    }
}
