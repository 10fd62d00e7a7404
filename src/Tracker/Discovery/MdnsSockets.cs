using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using TspActors.Protocol.Mdns;
using TspActors.Transport.Multicast;

namespace TspActors.Tracker.Discovery;

/// <summary>The sockets of multicast DNS, one for each address family, and the networks on which a tracker is announced.</summary>
/// <remarks>Nothing here throws: every failure is reported, and only the first failure to open a socket is a warning.</remarks>
/// <param name="group">The multicast groups, the port and the interfaces.</param>
/// <param name="bound">The address on which the tracker listens.</param>
/// <param name="warn">Receives the reason why the tracker cannot be announced, once.</param>
/// <param name="note">Receives every other failure.</param>
internal sealed class MdnsSockets(MulticastGroup group, IPAddress bound, Action<string> warn, Action<string> note) : IDisposable
{
    private readonly List<MulticastSocket> _open = [];
    private bool _hasWarned;

    /// <summary>The networks, each with the addresses at which the tracker can be reached there.</summary>
    public IReadOnlyList<MulticastInterface> Networks { get; private set; } = [];

    /// <summary>The sockets that are open.</summary>
    public IReadOnlyList<MulticastSocket> Open => _open;

    /// <summary>Closes the sockets, and opens new ones on the networks that are up now.</summary>
    public void Reopen()
    {
        Dispose();
        Networks = FindNetworks();
        if (Networks.Count == 0)
        {
            note("there is no network on which this tracker can be announced");
            return;
        }

        string? failure = null;
        foreach (var address in group.Groups)
        {
            try
            {
                _open.Add(MulticastSocket.Join(address, group.Port, Networks));
            }
            catch (SocketException error)
            {
                failure = $"UDP port {group.Port}: {error.Message}";
                note($"could not join {address}: {error.Message}");
            }
        }

        // Many networks have addresses of only one family.
        if (_open.Count == 0 && failure is not null)
            Warn(failure);
    }

    /// <summary>Sends a message to everyone on a network.</summary>
    public void SendTo(MulticastInterface network, DnsMessage message)
    {
        var bytes = message.Encode();
        foreach (var socket in _open)
            TrySend(() => socket.SendToGroup(bytes, network));
    }

    /// <summary>Sends a message to one receiver.</summary>
    public void SendTo(MulticastSocket socket, IPEndPoint receiver, DnsMessage message)
    {
        var bytes = message.Encode();
        TrySend(() => socket.Send(bytes, receiver));
    }

    /// <summary>Closes the sockets.</summary>
    public void Dispose()
    {
        foreach (var socket in _open)
            socket.Dispose();
        _open.Clear();
    }

    private IReadOnlyList<MulticastInterface> FindNetworks()
    {
        try
        {
            return AnnouncedAddresses.Select(group.FindInterfaces(), bound);
        }
        catch (NetworkInformationException error)
        {
            Warn(error.Message);
            return [];
        }
    }

    // An interface may have gone down, or have no address of the socket's family. The next announcement or answer tries again.
    private void TrySend(Action send)
    {
        try
        {
            send();
        }
        catch (SocketException error)
        {
            note($"could not send: {error.Message}");
        }
    }

    private void Warn(string reason)
    {
        if (!_hasWarned)
            warn(reason);
        _hasWarned = true;
    }
}
