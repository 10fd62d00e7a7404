namespace TspActors.EndToEnd.Tests.Nat;

/// <summary>The nftables rules of a router. Its interfaces are <c>wan</c> and <c>lan</c>.</summary>
public static class NatRules
{
    /// <summary>Returns the rules of a kind of router.</summary>
    /// <remarks>The chains of miniupnpd must exist in the table <c>inet filter</c> before it starts.</remarks>
    public static string Of(NatKind kind)
    {
        var isOpen = kind == NatKind.FullCone;
        var opened = isOpen ? "iifname wan ct status dnat accept" : "";
        var toOpened = isOpen ? "iifname wan meta l4proto tcp dnat ip to tcp dport map @cone" : "";
        var open = isOpen ? "oifname wan meta l4proto tcp update @cone { tcp sport : ip saddr . tcp sport }" : "";
        var random = kind == NatKind.Symmetric ? "random" : "";
        return $$"""
            flush ruleset
            table inet filter {
              map cone {
                type inet_service : ipv4_addr . inet_service
                flags dynamic,timeout
                timeout 5m
                size 4096
              }
              chain miniupnpd { }
              chain prerouting_miniupnpd { }
              chain postrouting_miniupnpd { }
              chain input {
                type filter hook input priority filter; policy accept;
                {{Unasked}}
              }
              chain forward {
                type filter hook forward priority filter; policy accept;
                jump miniupnpd
                {{opened}}
                {{Unasked}}
              }
              chain prerouting {
                type nat hook prerouting priority dstnat; policy accept;
                jump prerouting_miniupnpd
                {{toOpened}}
              }
              chain postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                jump postrouting_miniupnpd
                {{open}}
                oifname wan meta nfproto ipv4 masquerade {{random}}
              }
            }
            """;
    }

    // Home routers drop unsolicited packets. IPv6 errors and neighbour discovery pass, because IPv6 does not work without them.
    private const string Unasked = """
        iifname wan ct state established,related accept
            iifname wan meta l4proto ipv6-icmp accept
            iifname wan drop
        """;
}
