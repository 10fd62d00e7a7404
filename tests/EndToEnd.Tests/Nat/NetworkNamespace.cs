using TspActors.EndToEnd.Tests.Music;

namespace TspActors.EndToEnd.Tests.Nat;

/// <summary>A network namespace: a machine, a router or the Internet, with interfaces, addresses and rules of its own.</summary>
public sealed class NetworkNamespace
{
    /// <summary>
    /// The Ethernet address of each bridge. Without its own, a bridge uses the address of one of its ports. When a port is added, that
    /// address can change, and the other machines cannot reach the bridge until they have noticed.
    /// </summary>
    public const string BridgeAddress = "02:00:00:00:00:01";

    private NetworkNamespace(string name) => Name = name;

    /// <summary>The name that <c>ip netns</c> lists.</summary>
    public string Name { get; }

    /// <summary>Creates a namespace in which IPv6 addresses can be used at once, without a search for duplicates.</summary>
    public static async Task<NetworkNamespace> MakeAsync(string label)
    {
        var made = new NetworkNamespace(NamespaceName.New(label));
        await ShellAsync($"ip netns add {made.Name}");
        await made.RunAsync("""
            cd /proc/sys/net/ipv6/conf
            for part in all default; do echo 0 > $part/disable_ipv6; echo 0 > $part/accept_dad; echo 0 > $part/accept_ra; done
            ip link set dev lo up
            """);
        return made;
    }

    /// <summary>Deletes every namespace that a killed run left behind, with the programs in it.</summary>
    public static async Task DeleteLeftOversAsync()
    {
        var list = await ShellAsync("ip netns list");
        foreach (var line in list.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = line.Split(' ')[0];
            if (NamespaceName.IsLeftOver(name, DateTimeOffset.UtcNow))
                await new NetworkNamespace(name).DeleteAsync();
        }
    }

    /// <summary>Returns the arguments with which <c>ip</c> runs a program here.</summary>
    public string[] Arguments(string program, params IEnumerable<string> arguments) => ["netns", "exec", Name, program, .. arguments];

    /// <summary>Runs a shell script here, and returns its output. The script ends at the first command that fails.</summary>
    public Task<string> RunAsync(string script) => Native.RunAsync("ip", Arguments("sh", "-ec", script));

    /// <summary>Ends the programs here, then deletes the namespace. The kernel deletes the interfaces with it.</summary>
    public Task DeleteAsync() => ShellAsync($"""
        for pid in $(ip netns pids {Name}); do kill -9 $pid || true; done
        ip netns delete {Name}
        """);

    /// <summary>Runs a shell script on this machine, outside any namespace of a network.</summary>
    public static Task<string> ShellAsync(string script) => Native.RunAsync("sh", "-ec", script);
}
