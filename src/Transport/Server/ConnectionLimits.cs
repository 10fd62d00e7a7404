using System.Net;

namespace TspActors.Transport.Server;

/// <summary>
/// Counts a server's open connections (in total, per address, and per network that contains the address), and refuses connections beyond
/// the limits. An IPv6 address counts as its entire /64.
/// </summary>
internal sealed class ConnectionLimits
{
    private readonly int _max;
    private readonly int[] _limits;
    private readonly Dictionary<AddressGroup, int> _open = [];

    public ConnectionLimits(TransportSettings settings)
    {
        _max = settings.MaxConnections;
        // A network's limit is never lower than the limit for one of its addresses.
        var perSubnet = Math.Max(settings.MaxConnectionsPerAddress, settings.MaxConnectionsPerSubnet);
        _limits = [settings.MaxConnectionsPerAddress, perSubnet, Math.Max(perSubnet, settings.MaxConnectionsPerSite)];
    }

    /// <summary>The number of connections that have entered and not yet left.</summary>
    public int OpenCount { get; private set; }

    /// <summary>
    /// Returns the smallest group of addresses that contains this one and has reached its limit (<see cref="AddressGroup.Everyone"/> = the
    /// server is full); null if a connection from this address can enter.
    /// </summary>
    public AddressGroup? FindFull(IPAddress address)
    {
        var groups = AddressGroup.Around(address);
        return FindFull(groups) is { } full ? groups[full] : OpenCount >= _max ? AddressGroup.Everyone : null;
    }

    /// <summary>Counts a new connection if the limits allow it.</summary>
    /// <returns>Null, or the reason why the connection is refused and not counted.</returns>
    public string? Enter(IPAddress address)
    {
        if (OpenCount >= _max)
            return "too many connections are open here; try again later";
        var groups = AddressGroup.Around(address);
        if (FindFull(groups) is { } full)
            return full == 0
                ? "too many connections are open from your address; close one or try again later"
                : "too many connections are open from your network; close one or try again later";
        foreach (var group in groups)
            _open[group] = _open.GetValueOrDefault(group) + 1;
        OpenCount++;
        return null;
    }

    /// <summary>Removes a connection that had entered.</summary>
    public void Leave(IPAddress address)
    {
        OpenCount--;
        foreach (var group in AddressGroup.Around(address))
        {
            if (_open[group] == 1)
                _open.Remove(group);
            else
                _open[group]--;
        }
    }

    private int? FindFull(AddressGroup[] groups)
    {
        for (var i = 0; i < groups.Length; i++)
        {
            if (_open.GetValueOrDefault(groups[i]) >= _limits[i])
                return i;
        }

        return null;
    }
}
