using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Akka.Actor;
using TspActors.Peer.Commands;
using TspActors.Peer.Reaching.Discovery;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol.Mdns;
using TspActors.Tracker;
using TspActors.Tracker.Discovery;
using TspActors.Transport.Multicast;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Reaching.Discovery;

/// <summary>Checks that a peer finds a running tracker, with real sockets on loopback in place of a group.</summary>
public sealed class TrackerQuerySpecs(ITestOutputHelper output) : PeerSpec(output)
{
    private readonly MulticastGroup _group = new(FreePort(), IPAddress.Loopback, null, () =>
    [
        new MulticastInterface("lo", NetworkInterface.LoopbackInterfaceIndex, [IPAddress.Loopback]) { IsLoopback = true },
    ]);

    [Fact]
    public async Task A_peer_finds_a_tracker_with_its_key()
    {
        var tracker = await StartTrackerAsync();

        var found = Assert.Single(await FindAsync());

        Assert.Equal("Attic", found.Name);
        Assert.Equal(tracker.SecureAddress, found.AddressText);
        Assert.Equal((AnnouncedEncryption.Accept, false), (found.Encryption, found.NeedsKey));
    }

    [Fact]
    public async Task A_tracker_that_is_restricted_while_it_runs_is_found_as_one_that_needs_a_key()
    {
        var folder = Directory.CreateTempSubdirectory("tsp-mdns-").FullName;
        try
        {
            await StartTrackerAsync(folder);
            Assert.False(Assert.Single(await FindAsync()).NeedsKey);

            await File.WriteAllTextAsync(Path.Combine(folder, "members"), "");

            await FindAsync(tracker => tracker.NeedsKey);
        }
        finally
        {
            await Sys.Terminate();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Malformed_datagrams_do_not_disturb_a_tracker()
    {
        await StartTrackerAsync();
        using var rogue = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        for (var number = 0; number < 100; number++)
        {
            var bytes = new byte[Random.Shared.Next(600)];
            Random.Shared.NextBytes(bytes);
            await rogue.SendAsync(bytes, new IPEndPoint(IPAddress.Loopback, _group.Port));
        }

        Assert.Single(await FindAsync());
    }

    [Fact]
    public async Task A_tracker_that_has_stopped_is_not_found()
    {
        var tracker = await StartTrackerAsync();
        await FindAsync();

        await tracker.StopAsync();
        await Sys.Terminate();

        Assert.Empty(await TrackerQuery.RunAsync(_group));
        var error = await Assert.ThrowsAsync<CommandException>(() => DiscoverCommand.RunAsync(json: false, _group));
        Assert.StartsWith("no tracker was found on the local network; ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_does_not_stop_a_tracker()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, _group.Port));

        var tracker = await StartTrackerAsync();

        using var client = await RawTspClient.Connect(tracker.Address);
        Assert.False(tracker.Lost.IsCompleted);
    }

    [Fact]
    public async Task Without_a_network_the_reason_is_reported()
    {
        var error = await Assert.ThrowsAsync<IOException>(() => TrackerQuery.RunAsync(_group with { FindInterfaces = () => [] }));

        Assert.Contains("no network", error.Message, StringComparison.Ordinal);
    }

    private Task<TrackerNode> StartTrackerAsync(string? folder = null) => TrackerNode.StartAsync(Sys, new TrackerSettings
    {
        Name = "Attic",
        Endpoint = new IPEndPoint(IPAddress.Loopback, 0),
        Mdns = new MdnsSettings { Enabled = true, Group = _group },
        DataFolder = folder,
    });

    // A tracker answers when it has claimed its name, which takes most of a second.
    private async Task<IReadOnlyList<FoundTracker>> FindAsync(Func<FoundTracker, bool>? expected = null)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var found = await TrackerQuery.RunAsync(_group, replies => replies.Count > 0, deadline.Token);
            if (found.Any(expected ?? (_ => true)))
                return found;
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
