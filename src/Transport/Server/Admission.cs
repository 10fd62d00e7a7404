using System.Net;

namespace TspActors.Transport.Server;

/// <summary>
/// A counter of a server's open connections, in total and per address, that refuses connections beyond the limits. All IPv6 addresses of a
/// /64 count as one.
/// </summary>
internal sealed class Admission(TransportSettings settings)
{
    private readonly Dictionary<IPAddress, int> _byAddress = [];

    /// <summary>The number of connections that entered and have not left.</summary>
    public int Open { get; private set; }

    /// <summary>Counts a new connection, unless it exceeds a limit.</summary>
    /// <returns>Null, or why the connection is refused. A refused connection does not count.</returns>
    public string? Enter(IPAddress address)
    {
        if (Open >= settings.MaxConnections)
            return "too many connections are open here; try again later";
        address = CountedAddress.From(address);
        var here = _byAddress.GetValueOrDefault(address);
        if (here >= settings.MaxConnectionsPerAddress)
            return "too many connections are open from your address; close one or try again later";
        _byAddress[address] = here + 1;
        Open++;
        return null;
    }

    /// <summary>Removes a connection that had entered.</summary>
    public void Leave(IPAddress address)
    {
        Open--;
        address = CountedAddress.From(address);
        if (_byAddress[address] == 1)
            _byAddress.Remove(address);
        else
            _byAddress[address]--;
    }
}
