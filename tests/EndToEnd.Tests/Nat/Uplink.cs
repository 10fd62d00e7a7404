namespace TspActors.EndToEnd.Tests.Nat;

/// <summary>Limits the rate at which an interface sends.</summary>
internal static class Uplink
{
    /// <summary>Returns the command that limits an interface to a rate, such as "1mbit".</summary>
    public static string Limit(string device, string rate) => $"tc qdisc replace dev {device} root tbf rate {rate} burst 16kb latency 400ms";
}
