using System.Net;

namespace TspActors.EndToEnd.Tests.Nat;

/// <summary>A machine in the network, on which programs run.</summary>
/// <param name="Label">A name for its folders.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Address">Its IPv4 address.</param>
/// <param name="Address6">Its IPv6 address, or null behind a provider without IPv6.</param>
public sealed record Machine(string Label, NetworkNamespace Namespace, IPAddress Address, IPAddress? Address6)
{
    /// <summary>Limits the rate at which the machine sends, for example to "1mbit".</summary>
    public Task LimitUplinkAsync(string rate) => Namespace.RunAsync(Uplink.Limit("eth0", rate));
}
