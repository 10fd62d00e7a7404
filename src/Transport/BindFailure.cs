using System.Net;
using System.Net.Sockets;

namespace TspActors.Transport;

/// <summary>Describes in plain words why a server could not listen on a port.</summary>
public static class BindFailure
{
    /// <summary>Returns a description of the failure that names the port, with advice where possible.</summary>
    /// <param name="address">The address that the server tried to bind to.</param>
    /// <param name="cause">The exception that was thrown. The socket's error may be nested inside it.</param>
    public static string Text(IPEndPoint address, Exception? cause)
    {
        ArgumentNullException.ThrowIfNull(address);
        // [::] is shown as 0.0.0.0, as in the line that a program prints when it is ready.
        var host = address.Address.Equals(IPAddress.IPv6Any) ? IPAddress.Any : address.Address;
        return (cause?.GetBaseException() as SocketException)?.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => $"port {address.Port} on {host} is in use by another program",
            SocketError.AccessDenied => $"no permission to listen on port {address.Port} on {host}; choose one above 1023",
            SocketError.AddressNotAvailable =>
                $"cannot listen on port {address.Port} on {host}: this machine has no such address",
            SocketError.AddressFamilyNotSupported =>
                $"cannot listen on port {address.Port} on {host}: this machine has no {Family(address)}",
            _ => $"cannot listen on port {address.Port} on {host}: {cause?.GetBaseException().Message ?? "no reason was given"}",
        };
    }

    private static string Family(IPEndPoint address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4";
}
