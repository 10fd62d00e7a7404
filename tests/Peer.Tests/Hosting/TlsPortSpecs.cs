using System.Net;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport.Tls;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Hosting;

/// <summary>Checks that a host's port accepts both TLS and plain connections.</summary>
public sealed class TlsPortSpecs(ITestOutputHelper output) : PeerSpec(output)
{
    [Fact]
    public async Task A_host_answers_in_plain_and_over_TLS_with_the_key_of_its_data_folder()
    {
        var data = Folder.In("data");
        var node = await PeerNode.StartAsync(
            Sys,
            new PeerSettings
            {
                Endpoint = new IPEndPoint(IPAddress.Loopback, 0),
                Trackers = [new TrackerAddress("127.0.0.1", 1)],
                DataFolder = data,
            },
            () => throw new InvalidOperationException("no sound"),
            remembersSongs: false);
        using var key = KeyFile.LoadOrCreate(data);

        using var plain = await RawTspClient.Connect(node.Address!);
        await plain.Send(Operation.Ping, 3);
        await plain.Expect(Operation.Pong);

        using var secure = await RawTspClient.Connect(node.Address!);
        await secure.StartTls();
        Assert.Equal(key.KeyId, secure.RemoteKey);
        await secure.Send(Operation.Ping, 4);
        await secure.Expect(Operation.Pong);
        secure.Dispose();
        plain.Dispose();
        await node.StopAsync();
    }
}
