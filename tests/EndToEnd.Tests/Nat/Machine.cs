using System.Net;

namespace TspActors.EndToEnd.Tests.Nat;

/// <summary>A machine of the network, on which programs run.</summary>
/// <param name="Label">A name for its folders.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Address">Its address of IPv4.</param>
/// <param name="Address6">Its address of IPv6, or null behind a provider without IPv6.</param>
public sealed record Machine(string Label, NetworkNamespace Namespace, IPAddress Address, IPAddress? Address6)
{
    /// <summary>Limits what the machine sends, such as "1mbit".</summary>
    public Task LimitUplinkAsync(string rate) => Namespace.RunAsync(Uplink.Limit("eth0", rate));
}
