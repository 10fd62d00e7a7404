using System.Net;
using System.Net.Sockets;

namespace TspActors.Transport;

/// <summary>Says for people why a port could not be listened on.</summary>
public static class BindFailure
{
    /// <summary>What happened, to which port, and what to do where that is known.</summary>
    /// <param name="address">Where it was to listen.</param>
    /// <param name="cause">What was thrown; the socket's error is found inside of it.</param>
    public static string Text(IPEndPoint address, Exception? cause)
    {
        ArgumentNullException.ThrowIfNull(address);
        return (cause?.GetBaseException() as SocketException)?.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => $"port {address.Port} on {address.Address} is in use by another program",
            SocketError.AccessDenied => $"no permission to listen on port {address.Port} on {address.Address}; choose one above 1023",
            SocketError.AddressNotAvailable =>
                $"cannot listen on port {address.Port} on {address.Address}: that is no address of this machine",
            SocketError.AddressFamilyNotSupported =>
                $"cannot listen on port {address.Port} on {address.Address}: this machine has no {Family(address)}",
            _ => $"cannot listen on port {address.Port} on {address.Address}: {cause?.GetBaseException().Message ?? "no reason was given"}",
        };
    }

    private static string Family(IPEndPoint address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4";
}
