using System.Net;

namespace TspActors.Transport.Multicast;

/// <summary>A datagram that a <see cref="MulticastSocket"/> has received.</summary>
/// <param name="Bytes">The content.</param>
/// <param name="Sender">The sender's endpoint.</param>
/// <param name="Interface">The number of the interface on which it arrived.</param>
/// <param name="IsFromLink">Whether it was sent to a group, or by this machine. If so, no router can have forwarded it.</param>
public sealed record MulticastDatagram(ReadOnlyMemory<byte> Bytes, IPEndPoint Sender, int Interface, bool IsFromLink);
