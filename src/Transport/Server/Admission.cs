using System.Net;

namespace TspActors.Transport.Server;

/// <summary>
/// Counts a server's open connections, in all and by address, and refuses those beyond the limits. An address of IPv6 counts with its whole
/// /64.
/// </summary>
internal sealed class Admission(TransportSettings settings)
{
    private readonly Dictionary<IPAddress, int> _byAddress = [];

    /// <summary>Connections that entered and have not left.</summary>
    public int Open { get; private set; }

    /// <summary>Counts a connection in.</summary>
    /// <returns>Null, or why it is refused (and not counted).</returns>
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

    /// <summary>Counts a connection out that had entered.</summary>
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
