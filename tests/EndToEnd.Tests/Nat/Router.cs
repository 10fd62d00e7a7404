using System.Net;

namespace TspActors.EndToEnd.Tests.Nat;

/// <summary>A router with the machines behind it.</summary>
public sealed class Router
{
    private readonly Func<string, Task<NetworkNamespace>> _make;
    private readonly string _network;
    private readonly string? _network6;
    private int _attached;

    /// <param name="space">Its namespace.</param>
    /// <param name="wan">Its address on the network outside.</param>
    /// <param name="network">The first three bytes of the addresses behind it: "192.168.1".</param>
    /// <param name="network6">The first half of the IPv6 addresses behind it, or null if there are none.</param>
    /// <param name="make">Creates a namespace that lives as long as the network.</param>
    internal Router(NetworkNamespace space, IPAddress wan, string network, string? network6, Func<string, Task<NetworkNamespace>> make)
    {
        (Namespace, WanAddress, _network, _network6, _make) = (space, wan, network, network6, make);
    }

    public NetworkNamespace Namespace { get; }

    /// <summary>The address that others see.</summary>
    public IPAddress WanAddress { get; }

    /// <summary>The address that the machines behind it use as their gateway.</summary>
    public IPAddress LanAddress => IPAddress.Parse($"{_network}.1");

    /// <summary>The service that maps ports, or null if the router has none.</summary>
    public Miniupnpd? PortMapping { get; internal set; }

    /// <summary>Adds a machine behind the router.</summary>
    public async Task<Machine> AddMachineAsync(string label)
    {
        var space = await _make(label);
        var (address, address6) = await AttachAsync(space, "eth0");
        return new Machine(label, space, address, address6);
    }

    /// <summary>Limits the rate at which the router sends to the network outside, for example to "1mbit".</summary>
    public Task LimitUplinkAsync(string rate) => Namespace.RunAsync(Uplink.Limit("wan", rate));

    /// <summary>Connects an interface of a namespace to the local network, and gives it addresses and a default route.</summary>
    internal async Task<(IPAddress Address, IPAddress? Address6)> AttachAsync(NetworkNamespace space, string device)
    {
        var number = Interlocked.Increment(ref _attached) + 1;
        var address = $"{_network}.{number}";
        await NetworkNamespace.ShellAsync($"""
            ip link add name p{number} netns {Namespace.Name} type veth peer name {device} netns {space.Name}
            ip -n {Namespace.Name} link set dev p{number} master lan up
            ip -n {space.Name} addr add {address}/24 dev {device}
            ip -n {space.Name} link set dev {device} up
            ip -n {space.Name} route add default via {LanAddress}
            """);
        if (_network6 is null)
            return (IPAddress.Parse(address), null);
        var address6 = $"{_network6}::{number}";
        await NetworkNamespace.ShellAsync($"""
            ip -n {space.Name} addr add {address6}/64 dev {device} nodad
            ip -n {space.Name} -6 route add default via {_network6}::1
            """);
        return (IPAddress.Parse(address), IPAddress.Parse(address6));
    }
}
