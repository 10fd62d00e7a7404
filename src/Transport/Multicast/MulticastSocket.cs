using System.Net;
using System.Net.Sockets;

namespace TspActors.Transport.Multicast;

/// <summary>
/// A UDP socket that sends to a multicast group on one interface at a time, and reports the interface on which each datagram arrived.
/// </summary>
/// <remarks>
/// Not thread-safe, but one receive may run in parallel with everything else. Sending never waits: a datagram that does not fit into the
/// send buffer is lost.
/// </remarks>
public sealed class MulticastSocket : IDisposable
{
    /// <summary>
    /// The maximum length of a datagram that is received completely. Longer ones are truncated, so their content is malformed.
    /// </summary>
    public const int MaxDatagram = 9_001;

    // Routers do not forward datagrams for a link-local group, whatever their TTL. Multicast DNS requires this value.
    private const int TimeToLive = 255;

    private readonly Socket _socket;
    private readonly IPEndPoint _group;
    private readonly byte[] _buffer = new byte[MaxDatagram];
    private readonly bool _isGroup;

    private MulticastSocket(IPAddress group, int port)
    {
        _group = new IPEndPoint(group, port);
        _isGroup = IsMulticast(group);
        _socket = new Socket(group.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
    }

    private bool IsV6 => _group.AddressFamily == AddressFamily.InterNetworkV6;

    private SocketOptionLevel Level => IsV6 ? SocketOptionLevel.IPv6 : SocketOptionLevel.IP;

    /// <summary>Opens a socket that receives the datagrams for the group. Other programs may have sockets for the same group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="port">The port of the group.</param>
    /// <param name="interfaces">The interfaces on which to receive.</param>
    /// <exception cref="SocketException">The port is taken, or the group cannot be joined on any of the interfaces.</exception>
    public static MulticastSocket Join(IPAddress group, int port, IReadOnlyList<MulticastInterface> interfaces)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(interfaces);
        return Open(group, port, socket =>
        {
            // On Linux and macOS this also sets SO_REUSEPORT, which is necessary if another responder has a socket on the same port.
            socket._socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket._socket.Bind(new IPEndPoint(socket._isGroup ? AnyOf(group) : group, port));
            socket.JoinAll(interfaces);
        });
    }

    /// <summary>Opens a socket on a free port that only receives replies.</summary>
    /// <param name="group">The group to send to.</param>
    /// <param name="port">The port of the group.</param>
    /// <exception cref="SocketException">The socket cannot be opened.</exception>
    public static MulticastSocket OpenForReplies(IPAddress group, int port)
    {
        ArgumentNullException.ThrowIfNull(group);
        return Open(group, port, socket => socket._socket.Bind(new IPEndPoint(AnyOf(group), 0)));
    }

    /// <summary>Sends to the group on one interface.</summary>
    /// <param name="bytes">The content.</param>
    /// <param name="network">The interface.</param>
    /// <exception cref="SocketException">The interface is down or cannot send.</exception>
    public void SendToGroup(ReadOnlySpan<byte> bytes, MulticastInterface network)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (_isGroup)
            _socket.SetSocketOption(
                Level, SocketOptionName.MulticastInterface, IsV6 ? network.Index : IPAddress.HostToNetworkOrder(network.Index));
        Send(bytes, _group);
    }

    /// <summary>Sends to one receiver.</summary>
    /// <param name="bytes">The content.</param>
    /// <param name="receiver">The receiver.</param>
    /// <exception cref="SocketException">The receiver cannot be reached.</exception>
    public void Send(ReadOnlySpan<byte> bytes, IPEndPoint receiver)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        _socket.SendTo(bytes, SocketFlags.None, receiver);
    }

    /// <summary>Returns the next datagram. At most one receive runs at a time.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="SocketException">The socket has failed, or an earlier datagram was refused.</exception>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public async Task<MulticastDatagram> ReceiveAsync(CancellationToken cancellation = default)
    {
        var received = await _socket.ReceiveMessageFromAsync(
            _buffer.AsMemory(), SocketFlags.None, new IPEndPoint(AnyOf(_group.Address), 0), cancellation).ConfigureAwait(false);
        var sender = (IPEndPoint)received.RemoteEndPoint;
        var information = received.PacketInformation;
        return new MulticastDatagram(
            _buffer.AsSpan(0, received.ReceivedBytes).ToArray(), sender, information.Interface,
            IPAddress.IsLoopback(sender.Address) || (information.Address is { } target && IsMulticast(target)));
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static MulticastSocket Open(IPAddress group, int port, Action<MulticastSocket> bind)
    {
        var socket = new MulticastSocket(group, port);
        try
        {
            socket._socket.Blocking = false;
            socket._socket.SetSocketOption(socket.Level, SocketOptionName.PacketInformation, true);
            if (socket._isGroup)
                socket._socket.SetSocketOption(socket.Level, SocketOptionName.MulticastTimeToLive, TimeToLive);
            bind(socket);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Joining on one interface is enough: the others may have vanished by now, or have no address of this family.
    private void JoinAll(IReadOnlyList<MulticastInterface> interfaces)
    {
        if (!_isGroup)
            return;
        var joined = 0;
        SocketException? failure = null;
        foreach (var network in interfaces)
        {
            try
            {
                if (IsV6)
                    _socket.SetSocketOption(
                        Level, SocketOptionName.AddMembership, new IPv6MulticastOption(_group.Address, network.Index));
                else
                    _socket.SetSocketOption(Level, SocketOptionName.AddMembership, new MulticastOption(_group.Address, network.Index));
                joined++;
            }
            catch (SocketException error)
            {
                failure = error;
            }
        }

        if (joined == 0 && failure is not null)
            throw failure;
    }

    private static IPAddress AnyOf(IPAddress group) =>
        group.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;

    private static bool IsMulticast(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? address.IsIPv6Multicast
        : address.GetAddressBytes()[0] is >= 224 and <= 239;
}
