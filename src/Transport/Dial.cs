using System.Net;
using System.Net.Sockets;

namespace TspActors.Transport;

/// <summary>Which address of a host is tried next and for how long, and what to say when none answers.</summary>
internal sealed class Dial(string host, int port, TimeSpan timeout, TimeProvider clock)
{
    private readonly long _start = clock.GetTimestamp();
    private readonly Queue<IPAddress> _untried = [];
    private readonly List<IPAddress> _tried = [];

    public string Host { get; } = host;

    /// <summary>Host and port as people write them.</summary>
    public string Target { get; } = host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[') ? $"[{host}]:{port}" : $"{host}:{port}";

    public void Resolved(IPAddress[] addresses)
    {
        foreach (var address in addresses)
            _untried.Enqueue(address);
    }

    /// <summary>The next address and its share of the time that is left, so that one that never answers leaves time for the others.</summary>
    /// <returns>Null when there is none left, or no time.</returns>
    public (IPEndPoint Address, TimeSpan Timeout)? Next()
    {
        var left = timeout - clock.GetElapsedTime(_start);
        if (left <= TimeSpan.Zero || !_untried.TryDequeue(out var address))
            return null;
        _tried.Add(address);
        return (new IPEndPoint(address, port), left / (_untried.Count + 1));
    }

    public string TimedOut() => _tried.Count == 0
        ? $"the name {Host} could not be resolved within {DueTexts.Seconds(timeout)}"
        : $"{Target} did not answer within {DueTexts.Seconds(timeout)}{Addresses()}";

    public string NotResolved(Exception cause) => $"the name {Host} could not be resolved: {cause.Message}";

    /// <summary>Akka.IO does not say why a connection could not be made; only whether the time was used up tells a refusal from silence.</summary>
    public string AllFailed() =>
        _tried.Count == 0 ? $"the name {Host} has no address"
        : clock.GetElapsedTime(_start) >= timeout ? TimedOut()
        : $"{Target} refused the connection or cannot be reached{Addresses()}";

    private string Addresses() =>
        IPAddress.TryParse(Host, out _) ? "" : $" (tried {string.Join(", ", _tried.Select(address => address.ToString()))})";
}
