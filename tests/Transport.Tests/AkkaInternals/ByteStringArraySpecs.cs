using System.Net;
using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.IO;
using TspActors.Transport.AkkaInternals;
using Xunit.Abstractions;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport.Tests.AkkaInternals;

/// <summary>Canary tests: a ByteString exposes its array, and Akka.IO uses a new array for every read.</summary>
public sealed class ByteStringArraySpecs(ITestOutputHelper output) : TransportSpec(output)
{
    [Fact]
    public void Received_bytes_are_in_the_array_that_the_socket_has_filled()
    {
        byte[] array = [0, 1, 2, 3];
        var memory = new ByteStringArray().Extract(ByteString.FromBytes(array, 1, 3));
        Assert.True(MemoryMarshal.TryGetArray(memory, out var segment));
        Assert.Same(array, segment.Array);
        Assert.Equal([1, 2, 3], memory.ToArray());
    }

    [Fact]
    public void Received_bytes_in_several_pieces_are_joined()
    {
        var torn = ByteString.FromBytes([1, 2]) + ByteString.FromBytes([3]);
        Assert.Equal([1, 2, 3], new ByteStringArray().Extract(torn).ToArray());
        Assert.True(new ByteStringArray().Extract(ByteString.Empty).IsEmpty);
    }

    [Fact]
    public async Task Every_read_has_its_own_array()
    {
        using var server = RawTspClient.Listen();
        Sys.Tcp().Tell(new Tcp.Connect(server.Address()), TestActor);
        await ExpectMsgAsync<Tcp.Connected>();
        using var remote = new RawTspClient(await server.AcceptAsync());
        LastSender.Tell(new Tcp.Register(TestActor));
        var arrays = new List<byte[]>();
        for (byte read = 1; read <= 20; read++)
        {
            await remote.Send([read]);
            var memory = new ByteStringArray().Extract((await ExpectMsgAsync<Tcp.Received>()).Data);
            Assert.Equal([read], memory.ToArray());
            Assert.True(MemoryMarshal.TryGetArray(memory, out var segment));
            arrays.Add(segment.Array!);
        }

        Assert.Equal(20, arrays.Distinct().Count());
        Assert.Equal(Enumerable.Range(1, 20).Select(read => (byte)read), arrays.Select(array => array[0]));
    }
}
