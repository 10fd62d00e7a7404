using System.Net;
using TspActors.Peer.Hosting;
using TspActors.Protocol;
using TspActors.Transport.Sessions;

namespace TspActors.Peer.Tests.Material;

/// <summary>Creates the host's side of handshakes for tests.</summary>
internal static class Handshakes
{
    /// <summary>Returns a host's handshake with a requester on this machine.</summary>
    /// <param name="key">The access key; null = none.</param>
    public static HostHandshake OfHost(AccessKey? key) =>
        new(AccessCheck.For(key, TimeSpan.FromMinutes(1), "host"), new RemoteEnd(IPAddress.Loopback, null, null));
}
