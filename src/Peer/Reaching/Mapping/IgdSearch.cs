using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace TspActors.Peer.Reaching.Mapping;

/// <summary>Searches for a UPnP router via SSDP.</summary>
internal static class IgdSearch
{
    private const int TimeToLive = 2;

    /// <summary>Returns the address of the router's description; null if the router did not reply in time.</summary>
    public static async Task<Uri?> FindAsync(RouterAddresses gateway, PortMappingSettings settings, CancellationToken cancellation)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(gateway.Local, 0));
            if (AddressBlock.IsMulticast(gateway.Search.Address))
            {
                socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, TimeToLive);
                socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, gateway.Local.GetAddressBytes());
            }

            var started = Stopwatch.GetTimestamp();
            for (var sent = 0; sent < settings.SsdpTries.Count; sent++)
            {
                foreach (var target in IgdDiscovery.Targets)
                    await socket.SendToAsync(
                        IgdDiscovery.Request(target, gateway.Search), SocketFlags.None, gateway.Search, cancellation).ConfigureAwait(false);
                var until = sent + 1 < settings.SsdpTries.Count ? settings.SsdpTries[sent + 1] : settings.SsdpTimeout;
                if (await ReceiveAsync(socket, gateway, until - Stopwatch.GetElapsedTime(started), cancellation).ConfigureAwait(false)
                    is { } location)
                    return location;
            }

            return null;
        }
        catch (SocketException)
        {
            // The network is down, or does not allow multicast.
            return null;
        }
    }

    private static async Task<Uri?> ReceiveAsync(Socket socket, RouterAddresses gateway, TimeSpan wait, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
        var buffer = new byte[IgdDiscovery.MaxPacketBytes];
        var anyone = new IPEndPoint(IPAddress.Any, 0);
        try
        {
            while (true)
            {
                var received = await socket.ReceiveFromAsync(buffer.AsMemory(), SocketFlags.None, anyone, deadline.Token)
                    .ConfigureAwait(false);
                // Other devices also reply to the search, and anyone on the network can send a reply.
                if (received.RemoteEndPoint is IPEndPoint sender && sender.Address.Equals(gateway.Address)
                    && IgdDiscovery.TryParse(buffer.AsSpan(0, received.ReceivedBytes), gateway.Address, out var location))
                    return location;
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }
}
