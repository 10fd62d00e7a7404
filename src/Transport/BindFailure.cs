using System.Net;
using System.Net.Sockets;

namespace TspActors.Transport;

/// <summary>Describes in plain words why a server could not listen on a port.</summary>
public static class BindFailure
{
    /// <summary>Returns what happened, to which port, and what to do about it if that is known.</summary>
    /// <param name="address">The address that the server tried to bind.</param>
    /// <param name="cause">The exception that was thrown. The socket's error may be nested inside it.</param>
    public static string Text(IPEndPoint address, Exception? cause)
    {
        ArgumentNullException.ThrowIfNull(address);
        return (cause?.GetBaseException() as SocketException)?.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => $"port {address.Port} on {address.Address} is in use by another program",
            SocketError.AccessDenied => $"no permission to listen on port {address.Port} on {address.Address}; choose one above 1023",
            SocketError.AddressNotAvailable =>
                $"cannot listen on port {address.Port} on {address.Address}: this machine has no such address",
            SocketError.AddressFamilyNotSupported =>
                $"cannot listen on port {address.Port} on {address.Address}: this machine has no {Family(address)}",
            _ => $"cannot listen on port {address.Port} on {address.Address}: {cause?.GetBaseException().Message ?? "no reason was given"}",
        };
    }

    private static string Family(IPEndPoint address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4";
}
