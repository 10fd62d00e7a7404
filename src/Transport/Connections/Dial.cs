using System.Net;
using System.Net.Sockets;

namespace TspActors.Transport.Connections;

/// <summary>
/// The race between a host's addresses ("happy eyeballs", RFC 8305): decides which address to try next and for how long, and describes the
/// failure if no address answers.
/// </summary>
internal sealed class Dial(string host, int port, TimeSpan timeout, TimeProvider clock, Func<IPAddress, bool>? permits = null)
{
    /// <summary>How long an address may take to answer before the next one is tried as well (RFC 8305, section 5).</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>The maximum number of addresses to try at the same time.</summary>
    public const int AtOnce = 4;

    private readonly long _start = clock.GetTimestamp();
    private readonly Queue<IPAddress> _untried = [];
    private readonly List<IPAddress> _tried = [];
    private IPAddress? _refused;
    private int _running;

    public string Host { get; } = host;

    /// <summary>The host and port for messages, with brackets around an IPv6 address.</summary>
    public string Target { get; } = host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[')
        ? $"[{host}]:{port}"
        : $"{host}:{port}";

    /// <summary>True if there are addresses that have not been tried.</summary>
    public bool HasUntried => _untried.Count > 0;

    /// <summary>True if no address is being tried and none can be tried any more.</summary>
    public bool IsLost => _running == 0 && (_untried.Count == 0 || Left <= TimeSpan.Zero);

    /// <summary>Adds the addresses that the name was resolved to.</summary>
    public void AddAddresses(IPAddress[] addresses)
    {
        var permitted = addresses.Where(address => permits is null || permits(address)).ToList();
        _refused ??= addresses.FirstOrDefault(address => !permitted.Contains(address));
        foreach (var address in AddressOrder.Interleave(permitted))
            _untried.Enqueue(address);
    }

    /// <summary>
    /// Returns the next address and how long to try it. Each of up to <see cref="AtOnce"/> addresses may use all the remaining time. If
    /// there are more, each is given less time, so that an address that never answers leaves time for the others.
    /// </summary>
    /// <returns>Null if no address or no time is left, or if too many addresses are being tried.</returns>
    public (IPEndPoint Address, TimeSpan Timeout)? Next()
    {
        var left = Left;
        if (left <= TimeSpan.Zero || _running == AtOnce || !_untried.TryDequeue(out var address))
            return null;
        _tried.Add(address);
        _running++;
        return (new IPEndPoint(address, port), left / ((_untried.Count / AtOnce) + 1));
    }

    /// <summary>Records that an attempt at one address has failed.</summary>
    public void RecordFailure() => _running--;

    public string DescribeTimeout() => _tried.Count + _untried.Count == 0
        ? $"the name {Host} could not be resolved within {DeadlineTexts.FormatSeconds(timeout)}"
        : $"{Target} did not answer within {DeadlineTexts.FormatSeconds(timeout)}{Addresses()}";

    public string DescribeHandshakeTimeout() =>
        $"{Target} did not complete the TLS handshake within {DeadlineTexts.FormatSeconds(timeout)}";

    public string DescribeUnresolved(Exception cause) => $"the name {Host} could not be resolved: {cause.Message}";

    /// <summary>
    /// Describes why no address answered. Akka.IO does not say why a connection failed, so only the elapsed time distinguishes a refusal
    /// from silence.
    /// </summary>
    public string DescribeFailure() =>
        _tried.Count == 0 && _refused is not null ? $"{DescribeRefused()} is not a valid address for a remote host, so it was not tried"
        : _tried.Count + _untried.Count == 0 ? $"the name {Host} has no address"
        : clock.GetElapsedTime(_start) >= timeout ? DescribeTimeout()
        : $"{Target} refused the connection or cannot be reached{Addresses()}";

    private TimeSpan Left => timeout - clock.GetElapsedTime(_start);

    private bool IsAddress => IPAddress.TryParse(Host, out _);

    private string DescribeRefused() => IsAddress ? Host : $"the name {Host} resolves to {_refused}, which";

    private string Addresses() =>
        IsAddress || _tried.Count == 0 ? "" : $" (tried {string.Join(", ", _tried.Select(address => address.ToString()))})";
}
