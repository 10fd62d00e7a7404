using System.Net.Security;
using TspActors.Transport.Tls;

namespace TspActors.Transport.Tests.Tls;

/// <summary>Canary tests: the buffers of a connection can be released with this runtime and this version of OpenSSL.</summary>
public sealed class OpenSslBuffersSpecs
{
    [Fact]
    public async Task The_buffers_of_both_ends_are_released_and_the_connection_continues()
    {
        if (!OperatingSystem.IsLinux())
            return;
        Assert.True(OpenSslBuffers.IsAvailable);
        using var listener = RawTspClient.Listen();
        using var identity = TlsIdentity.CreateNew();
        using var client = await RawTspClient.Connect(listener.Address());
        using var server = await RawTspClient.Accept(listener);
        await Task.WhenAll(client.StartTls(identity.Context), server.AcceptTls(identity.Context));
        for (var i = 1; i <= 100; i++)
        {
            var sent = new byte[i * 500];
            new Random(i).NextBytes(sent);
            var sending = server.Send(sent);
            var received = new List<byte>();
            while (received.Count < sent.Length)
                received.AddRange(await client.ReceiveBytes());
            await sending;
            Assert.Equal(sent, received);
            Assert.True(OpenSslBuffers.Release(server.Tls!));
            Assert.True(OpenSslBuffers.Release(client.Tls!));
        }
    }

    [Fact]
    public void Without_a_handshake_there_is_nothing_to_release()
    {
        using var stream = new SslStream(new MemoryStream());
        Assert.False(OpenSslBuffers.Release(stream));
    }
}
