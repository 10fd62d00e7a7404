using System.Net;

namespace TspActors.EndToEnd.Tests.Nat;

/// <summary>
/// A small Internet made of network namespaces: a bridge that everything public is connected to (5.5.0.0/16 and fd55::/64), public
/// machines, routers, and the machines behind them. No namespace has a way out of it.
/// </summary>
/// <remarks>The addresses are not those for documentation, because miniupnpd maps no port on a router with such an address.</remarks>
public sealed class NatNetwork : IAsyncLifetime
{
    private readonly List<NetworkNamespace> _namespaces = [];
    private readonly List<Miniupnpd> _services = [];
    private NetworkNamespace? _internet;
    private int _publicMachines;
    private int _routers;

    private NetworkNamespace Internet => _internet ?? throw new InvalidOperationException("the network has not been built");

    public async Task InitializeAsync()
    {
        if (NatTools.Missing is { } reason)
        {
            if (NatTools.IsCi)
                throw new InvalidOperationException($"the tests behind NAT must run in CI: {reason}");
            return;
        }

        await NetworkNamespace.DeleteLeftOversAsync();
        _internet = await MakeAsync("inet");
        await _internet.RunAsync($$"""
            ip link add name net address {{NetworkNamespace.BridgeAddress}} type bridge
            ip addr add fd55::ffff/64 dev net nodad
            ip link set dev net up
            echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
            """);
    }

    public async Task DisposeAsync()
    {
        foreach (var service in _services)
            await service.DisposeAsync();
        foreach (var space in _namespaces)
            await space.DeleteAsync();
    }

    /// <summary>Adds a machine with a public address. The first one is 5.5.0.10.</summary>
    public async Task<Machine> AddMachineAsync(string label)
    {
        var number = Interlocked.Increment(ref _publicMachines);
        var address = number <= 10 ? $"5.5.0.{number + 9}" : $"5.5.1.{number}";
        var address6 = $"fd55::{number + 9}";
        var space = await MakeAsync(label);
        await ConnectAsync(space, "eth0", $"m{number}", address, address6);
        return new Machine(label, space, IPAddress.Parse(address), IPAddress.Parse(address6));
    }

    /// <summary>
    /// Adds a router. The first one is 5.5.0.21 outside and 192.168.1.1 inside, the second one 5.5.0.22 and 192.168.2.1, and so on. A
    /// router that is <paramref name="behind"/> another one, such as a provider's, has an address in the other router's network.
    /// </summary>
    public async Task<Router> AddRouterAsync(NatKind kind, Router? behind = null)
    {
        var number = Interlocked.Increment(ref _routers);
        var space = await MakeAsync($"nat{number}");
        var wan = IPAddress.Parse($"5.5.0.{20 + number}");
        if (behind is null)
            await ConnectAsync(space, "wan", $"r{number}", $"{wan}", $"fd55::1:{number}");
        else
            (wan, _) = await behind.AttachAsync(space, "wan");

        // A router behind a provider's NAT has no IPv6, because with IPv6 the NAT would not matter.
        var network = kind == NatKind.CarrierGrade ? $"100.64.{number}" : $"192.168.{number}";
        var network6 = kind == NatKind.CarrierGrade || behind is not null ? null : $"fd55:0:0:{number}";
        await space.RunAsync($"""
            ip link add name lan address {NetworkNamespace.BridgeAddress} type bridge
            ip addr add {network}.1/24 dev lan
            ip link set dev lan up
            echo 1 > /proc/sys/net/ipv4/ip_forward
            echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
            nft -f - <<'RULES'
            {NatRules.Of(kind)}
            RULES
            """);
        if (network6 is not null)
        {
            await space.RunAsync($"ip addr add {network6}::1/64 dev lan nodad");
            await Internet.RunAsync($"ip -6 route add {network6}::/64 via fd55::1:{number}");
        }

        var router = new Router(space, wan, network, network6, MakeAsync);
        if (kind is NatKind.Igd or NatKind.UpnpOnly)
            _services.Add(router.PortMapping = await Miniupnpd.StartAsync(space, network, kind == NatKind.UpnpOnly));
        return router;
    }

    private async Task<NetworkNamespace> MakeAsync(string label)
    {
        var space = await NetworkNamespace.MakeAsync(label);
        lock (_namespaces)
            _namespaces.Add(space);
        return space;
    }

    private Task<string> ConnectAsync(NetworkNamespace space, string device, string port, string address, string address6) =>
        NetworkNamespace.ShellAsync($"""
            ip link add name {port} netns {Internet.Name} type veth peer name {device} netns {space.Name}
            ip -n {Internet.Name} link set dev {port} master net up
            ip -n {space.Name} addr add {address}/16 dev {device}
            ip -n {space.Name} addr add {address6}/64 dev {device} nodad
            ip -n {space.Name} link set dev {device} up
            ip -n {space.Name} -6 route add default via fd55::ffff
            """);
}

/// <summary>The tests that share one <see cref="NatNetwork"/>. Each test adds the routers and machines that it needs.</summary>
[CollectionDefinition(nameof(NatTests))]
public sealed class NatTests : ICollectionFixture<NatNetwork>;
