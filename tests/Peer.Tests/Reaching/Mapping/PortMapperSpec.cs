using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Akka.Actor;
using TspActors.Peer.Reaching.Mapping;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Reaching.Mapping;

/// <summary>Base class for tests of the port mapper. It has a router on loopback, and the test acts as the mapper's owner.</summary>
public abstract class PortMapperSpec : PeerSpec
{
    private protected const int Port = 7071;

    private protected static readonly PeerId Peer = new([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);

    // The router has all the time that it needs, a failed attempt is not repeated, and no timer renews or checks anything.
    private protected static readonly PortMappingSettings Calm = new()
    {
        Mode = PortMappingMode.On,
        CheckInterval = Never,
        PmpTimeout = TimeSpan.FromSeconds(30),
        SsdpTimeout = TimeSpan.FromSeconds(30),
        HttpTimeout = TimeSpan.FromSeconds(30),
        AttemptTimeout = TimeSpan.FromMinutes(2),
        ReleaseTimeout = TimeSpan.FromSeconds(30),
        RetryMin = Never,
        RetryMax = Never,
        ProbeDelay = TimeSpan.Zero,
    };

    // For routers that do not reply via NAT-PMP, or do not reply at all.
    private protected static readonly PortMappingSettings WithoutPmp = Calm with { PmpTimeout = Soon, PmpTries = [TimeSpan.Zero] };
    private protected static readonly PortMappingSettings Hasty = WithoutPmp with { SsdpTimeout = Soon, SsdpTries = [TimeSpan.Zero] };

    protected PortMapperSpec(ITestOutputHelper output)
        : base(output)
    {
    }

    private protected FakeRouter Router { get; } = new();

    /// <summary>The address of this machine in the router's network.</summary>
    private protected IPAddress Local { get; set; } = IPAddress.Loopback;

    private protected IActorRef Start(PortMappingSettings settings, Action<NetworkAddressChangedEventHandler>? watchNetwork = null) =>
        Sys.ActorOf(PortMapperActor.Props(
            settings, Port, Peer, () => Router.RouterAddresses with { Local = Local }, TestActor, watchNetwork));

    private protected async Task<MappingStatus> BecomesAsync(MappingState state) =>
        (await FishForMessageAsync<MappingChanged>(changed => changed.Status.State == state)).Status;

    private protected static Task<MappingStatus> StatusOfAsync(IActorRef mapper) =>
        mapper.Ask<MappingStatus>(GetMapping.Instance, TimeSpan.FromSeconds(30));

    private protected static Task ReleaseAsync(IActorRef mapper) =>
        mapper.Ask<MappingReleased>(ReleaseMapping.Instance, TimeSpan.FromSeconds(60));

    private protected Task EventuallyAsync(Action check) =>
        AwaitAssertAsync(check, TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(10));

    /// <summary>Opens a port that nobody may connect to, at an address that is not the router's.</summary>
    private protected static TcpListener OpenTrap()
    {
        var trap = new TcpListener(FakeRouter.Elsewhere, 0);
        trap.Start();
        return trap;
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        Task.Run(() => Router.DisposeAsync().AsTask()).GetAwaiter().GetResult();
    }
}
