using System.Diagnostics;
using TspActors.Shared;

namespace TspActors.EndToEnd.Tests.Nat;

/// <summary>Checks whether this machine has what the tests need to build a network: root, the programs, and namespaces.</summary>
public static class NatTools
{
    private static readonly Lazy<string?> Checked = new(Check);

    /// <summary>The reason why this machine cannot build a network, or null.</summary>
    public static string? Missing => Checked.Value;

    /// <summary>Whether this is a CI run, in which a missing tool is a failure and not a reason to skip a test.</summary>
    public static bool IsCi => Environment.GetEnvironmentVariable("CI") is "true" or "1";

    private static string? Check()
    {
        if (!OperatingSystem.IsLinux())
            return "network namespaces exist only on Linux";
        if (!Environment.IsPrivilegedProcess)
            return "run this test as root: it makes network namespaces";
        var packages = NeedsFactAttribute.MissingPackages(
            "ip:iproute2", "tc:iproute2", "nft:nftables", "miniupnpd:miniupnpd-nftables", "python3", "lame");
        if (packages.Count > 0)
            return $"install {string.Join(" and ", packages)} to run this test";
        if (!Directory.Exists("/proc/sys/net/ipv6"))
            return "this kernel has no IPv6";
        return MayMakeNamespaces() ? null : "this machine does not allow network namespaces (a container without the right to do so?)";
    }

    private static bool MayMakeNamespaces()
    {
        var name = NamespaceName.New("try");
        using var shell = Process.Start(new ProcessStartInfo("sh")
        {
            ArgumentList = { "-c", $"ip netns add {name} && ip netns exec {name} nft list ruleset && ip netns delete {name}" },
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        shell.WaitForExit();
        return shell.ExitCode == 0;
    }
}
