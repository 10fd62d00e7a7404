using System.Net;
using System.Net.Sockets;

namespace TspActors.Transport.Connections;

/// <summary>
/// One attempt to reach a host: decides which address to try next and for how long, and describes the failure if no address answers.
/// </summary>
internal sealed class Dial(string host, int port, TimeSpan timeout, TimeProvider clock, Func<IPAddress, bool>? permits = null)
{
    private readonly long _start = clock.GetTimestamp();
    private readonly Queue<IPAddress> _untried = [];
    private readonly List<IPAddress> _tried = [];
    private IPAddress? _refused;

    public string Host { get; } = host;

    /// <summary>The host and port for messages, with brackets around an IPv6 address.</summary>
    public string Target { get; } = host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[')
        ? $"[{host}]:{port}"
        : $"{host}:{port}";

    /// <summary>Adds the addresses to which the name was resolved.</summary>
    public void AddAddresses(IPAddress[] addresses)
    {
        foreach (var address in addresses)
        {
            if (permits is null || permits(address))
                _untried.Enqueue(address);
            else
                _refused = address;
        }
    }

    /// <summary>
    /// Returns the next address and its share of the remaining time, so that an address that never answers leaves time for the others.
    /// </summary>
    /// <returns>Null if no address or no time is left.</returns>
    public (IPEndPoint Address, TimeSpan Timeout)? Next()
    {
        var left = timeout - clock.GetElapsedTime(_start);
        if (left <= TimeSpan.Zero || !_untried.TryDequeue(out var address))
            return null;
        _tried.Add(address);
        return (new IPEndPoint(address, port), left / (_untried.Count + 1));
    }

    public string DescribeTimeout() => _tried.Count + _untried.Count == 0
        ? $"the name {Host} could not be resolved within {DeadlineTexts.FormatSeconds(timeout)}"
        : $"{Target} did not answer within {DeadlineTexts.FormatSeconds(timeout)}{Addresses()}";

    public string DescribeHandshakeTimeout() =>
        $"{Target} did not complete the TLS handshake within {DeadlineTexts.FormatSeconds(timeout)}";

    public string DescribeUnresolved(Exception cause) => $"the name {Host} could not be resolved: {cause.Message}";

    /// <summary>
    /// Describes why no address answered. Akka.IO does not say why a connection failed, so the elapsed time has to distinguish a
    /// refusal from silence.
    /// </summary>
    public string DescribeFailure() =>
        _tried.Count == 0 && _refused is not null ? $"{DescribeRefused()} is not a valid address for a remote host, so it was not tried"
        : _tried.Count + _untried.Count == 0 ? $"the name {Host} has no address"
        : clock.GetElapsedTime(_start) >= timeout ? DescribeTimeout()
        : $"{Target} refused the connection or cannot be reached{Addresses()}";

    private bool IsAddress => IPAddress.TryParse(Host, out _);

    private string DescribeRefused() => IsAddress ? Host : $"the name {Host} resolves to {_refused}, which";

    private string Addresses() =>
        IsAddress || _tried.Count == 0 ? "" : $" (tried {string.Join(", ", _tried.Select(address => address.ToString()))})";
}
