using System.Net;
using System.Net.Sockets;
using System.Text;
using TspActors.Gateway.Tests.Web;

namespace TspActors.Gateway.Tests.Security;

/// <summary>Checks that idle connections to the gateway's port block nobody, not even their own address.</summary>
public sealed class IdleConnectionSpecs
{
    [Theory]
    [InlineData(100, "")]
    [InlineData(300, "")]
    [InlineData(300, "GET /inde")]
    [InlineData(300, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Wait: ")]
    [InlineData(300, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")]
    public async Task Idle_connections_block_no_request(int count, string sent)
    {
        var settings = new GatewaySettings { Limits = new GatewayLimits { MaxConnections = 200, MaxConnectionsPerAddress = 64 } };
        foreach (var addresses in (string[][])[["127.0.0.1"], ["127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.6"]])
        {
            await using var bench = await GatewayBench.StartAsync([], settings);
            var idle = new List<Socket>();
            for (var number = 0; number < count; number++)
            {
                idle.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                idle[number].Bind(new IPEndPoint(IPAddress.Parse(addresses[number % addresses.Length]), 0));
                await idle[number].ConnectAsync(IPAddress.Loopback, bench.Url.Port);
                if (sent.Length > 0)
                    await idle[number].SendAsync(Encoding.ASCII.GetBytes(sent));
                // A connection is idle only after its request has been answered.
                if (sent.EndsWith("\r\n\r\n", StringComparison.Ordinal))
                    await idle[number].ReceiveAsync(new byte[1]);
            }

            foreach (var address in (string[])["127.0.0.1", "127.0.0.3", "127.0.0.9"])
            {
                using var client = bench.NewClient(IPAddress.Parse(address));
                Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("", UriKind.Relative))).StatusCode);
            }

            idle.ForEach(socket => socket.Dispose());
        }
    }
}
