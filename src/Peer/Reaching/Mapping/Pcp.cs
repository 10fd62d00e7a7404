using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;

namespace TspActors.Peer.Reaching.Mapping;

/// <summary>The packets of PCP (RFC 6887) that map a TCP port or ask for the router's epoch.</summary>
internal static class Pcp
{
    /// <summary>The length of a mapping request and of its reply.</summary>
    public const int PacketSize = 60;

    /// <summary>The length of a nonce.</summary>
    public const int NonceSize = 12;

    private const byte Version = 2;
    private const byte AnnounceOperation = 0;
    private const byte MapOperation = 1;
    private const byte ReplyBit = 0x80;
    private const byte Tcp = 6;
    private const int HeaderSize = 24;

    /// <summary>
    /// Returns a new random nonce. A mapping can be renewed or released only with the nonce that created it, so others cannot remove
    /// the mapping.
    /// </summary>
    public static byte[] NewNonce() => RandomNumberGenerator.GetBytes(NonceSize);

    /// <summary>Returns the request to map a TCP port.</summary>
    /// <param name="nonce">The nonce of the mapping.</param>
    /// <param name="client">This machine's address.</param>
    /// <param name="internalPort">This machine's port.</param>
    /// <param name="externalPort">The port to ask for; 0 = any. The router may grant a different one.</param>
    /// <param name="lifetimeSeconds">The lease to ask for; 0 removes the mapping.</param>
    public static byte[] MapRequest(
        ReadOnlySpan<byte> nonce, IPAddress client, ushort internalPort, ushort externalPort, uint lifetimeSeconds)
    {
        var packet = Request(PacketSize, MapOperation, client);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), lifetimeSeconds);
        nonce[..NonceSize].CopyTo(packet.AsSpan(24));
        packet[36] = Tcp;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(40), internalPort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(42), externalPort);
        // Asks for any external IPv4 address.
        IPAddress.Any.MapToIPv6().TryWriteBytes(packet.AsSpan(44), out _);
        return packet;
    }

    /// <summary>Returns a request that only asks for the router's epoch (ANNOUNCE; RFC 6887, section 14.1).</summary>
    /// <param name="client">This machine's address.</param>
    public static byte[] AnnounceRequest(IPAddress client) => Request(HeaderSize, AnnounceOperation, client);

    /// <summary>
    /// Returns the reply to an ANNOUNCE request; null if the packet is not such a reply. Even a router that does not support the operation
    /// reports its epoch.
    /// </summary>
    public static PcpReply? ParseAnnounce(ReadOnlySpan<byte> packet) => ParseHeader(packet, AnnounceOperation);

    /// <summary>Returns the reply to a mapping request; null if the packet is not such a reply.</summary>
    public static PcpReply? ParseMap(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> nonce, ushort internalPort)
    {
        if (ParseHeader(packet, MapOperation) is not { } reply)
            return null;
        if (packet.Length < PacketSize)
            return reply.Result == PcpReply.Success ? null : reply;
        if (!packet.Slice(24, NonceSize).SequenceEqual(nonce) || packet[36] != Tcp
            || BinaryPrimitives.ReadUInt16BigEndian(packet[40..]) != internalPort)
            return null;
        var address = new IPAddress(packet.Slice(44, 16));
        return reply with
        {
            ExternalPort = BinaryPrimitives.ReadUInt16BigEndian(packet[42..]),
            ExternalAddress = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address,
        };
    }

    private static byte[] Request(int size, byte operation, IPAddress client)
    {
        var packet = new byte[size];
        packet[0] = Version;
        packet[1] = operation;
        client.MapToIPv6().TryWriteBytes(packet.AsSpan(8), out _);
        return packet;
    }

    private static PcpReply? ParseHeader(ReadOnlySpan<byte> packet, byte operation) =>
        packet.Length < HeaderSize || packet[0] != Version || packet[1] != (ReplyBit | operation)
            ? null
            : new PcpReply(
                packet[3], BinaryPrimitives.ReadUInt32BigEndian(packet[4..]), BinaryPrimitives.ReadUInt32BigEndian(packet[8..]));
}

/// <summary>A router's PCP reply.</summary>
/// <param name="Result">The result code.</param>
/// <param name="LifetimeSeconds">The lease that the router granted, or how long an error lasts.</param>
/// <param name="EpochSeconds">The time since the router's table of mappings was last empty.</param>
internal sealed record PcpReply(byte Result, uint LifetimeSeconds, uint EpochSeconds)
{
    /// <summary>The result code of a request that the router fulfilled.</summary>
    public const byte Success = 0;

    /// <summary>The external port that the router granted.</summary>
    public ushort ExternalPort { get; init; }

    /// <summary>The router's external address; null if the reply is a short error.</summary>
    public IPAddress? ExternalAddress { get; init; }
}
