using System.Net;
using System.Net.Sockets;

namespace TspActors.Transport;

/// <summary>Says for people why a listener could not bind.</summary>
internal static class BindFailure
{
    public static string Text(IPEndPoint address, Exception? cause) => (cause?.GetBaseException() as SocketException)?.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => $"port {address.Port} on {address.Address} is in use by another program",
        SocketError.AccessDenied => $"no permission to listen on port {address.Port} on {address.Address}; choose one above 1023",
        SocketError.AddressNotAvailable => $"cannot listen on port {address.Port} on {address.Address}: that is no address of this machine",
        SocketError.AddressFamilyNotSupported => $"cannot listen on port {address.Port} on {address.Address}: this machine has no {Family(address)}",
        _ => $"cannot listen on port {address.Port} on {address.Address}: {cause?.GetBaseException().Message ?? "no reason was given"}",
    };

    private static string Family(IPEndPoint address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4";
}
