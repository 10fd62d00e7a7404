using System.Diagnostics;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests.Nat;

/// <summary>The port mapping service of a router: UPnP IGD, NAT-PMP and PCP in one program.</summary>
public sealed class Miniupnpd : IAsyncDisposable
{
    private readonly NetworkNamespace _router;
    private readonly TempFolder _folder = new();
    private readonly string _ready;
    private ProgramProcess _process;

    private Miniupnpd(NetworkNamespace router, string network, bool isUpnpOnly)
    {
        (_router, _ready) = (router, isUpnpOnly ? "HTTP listening on port" : "Listening for NAT-PMP/PCP traffic");
        // Version 2.3.1 calls the switch enable_natpmp; later ones call it enable_pcp_pmp.
        File.WriteAllText(_folder.In("conf"), $"""
            ext_ifname=wan
            listening_ip=lan
            enable_natpmp={(isUpnpOnly ? "no" : "yes")}
            enable_upnp=yes
            secure_mode=yes
            lease_file={_folder.In("leases")}
            uuid={Guid.NewGuid()}
            upnp_table_name=filter
            upnp_nat_table_name=filter
            upnp_forward_chain=miniupnpd
            upnp_nat_chain=prerouting_miniupnpd
            upnp_nat_postrouting_chain=postrouting_miniupnpd
            allow 1024-65535 {network}.0/24 1024-65535
            deny 0-65535 0.0.0.0/0 0-65535

            """);
        _process = Start();
    }

    /// <summary>The current mappings, as the service writes them: <c>TCP:7071:192.168.1.2:7071:…</c>.</summary>
    public IReadOnlyList<string> Leases =>
        File.Exists(_folder.In("leases")) ? [.. File.ReadAllLines(_folder.In("leases")).Where(line => line.Length > 0)] : [];

    /// <summary>Starts the service on a router whose rules are in force.</summary>
    internal static async Task<Miniupnpd> StartAsync(NetworkNamespace router, string network, bool isUpnpOnly)
    {
        var service = new Miniupnpd(router, network, isUpnpOnly);
        await service.IsListeningAsync();
        return service;
    }

    /// <summary>Kills the service and deletes every mapping, as if the router had lost power.</summary>
    public async Task CrashAsync()
    {
        await _process.DisposeAsync();
        File.Delete(_folder.In("leases"));
        await _router.RunAsync("""
            nft flush chain inet filter miniupnpd
            nft flush chain inet filter prerouting_miniupnpd
            nft flush chain inet filter postrouting_miniupnpd
            """);
    }

    /// <summary>Starts the service again.</summary>
    public Task StartAgainAsync()
    {
        _process = Start();
        return IsListeningAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private ProgramProcess Start() => ProgramProcess.Start(new ProcessStartInfo(
        "ip", _router.Arguments("miniupnpd", "-d", "-f", _folder.In("conf"), "-P", _folder.In("pid"))));

    private async Task IsListeningAsync() => await _process.ReportsAsync(_ready);
}
