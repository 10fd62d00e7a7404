using System.Buffers.Binary;
using System.Net;

namespace TspActors.Peer.Reaching.Mapping;

/// <summary>The packets of NAT-PMP (RFC 6886).</summary>
internal static class NatPmp
{
    /// <summary>The length of a mapping request.</summary>
    public const int MapRequestSize = 12;

    private const byte Version = 0;
    private const byte AddressOperation = 0;
    private const byte MapTcpOperation = 2;
    private const byte ReplyBit = 0x80;
    private const int HeaderSize = 8;
    private const int AddressReplySize = 12;
    private const int MapReplySize = 16;

    /// <summary>Returns the request for the router's external address.</summary>
    public static byte[] AddressRequest() => [Version, AddressOperation];

    /// <summary>Returns the request to map a TCP port.</summary>
    /// <param name="internalPort">This machine's port.</param>
    /// <param name="externalPort">The port to ask for. The router may grant a different one.</param>
    /// <param name="lifetimeSeconds">The lease to ask for; 0 removes the mapping.</param>
    public static byte[] MapRequest(ushort internalPort, ushort externalPort, uint lifetimeSeconds)
    {
        var packet = new byte[MapRequestSize];
        packet[0] = Version;
        packet[1] = MapTcpOperation;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), internalPort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), externalPort);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), lifetimeSeconds);
        return packet;
    }

    /// <summary>Returns the reply to a request for the external address; null if the packet is not such a reply.</summary>
    public static NatPmpReply? ParseAddress(ReadOnlySpan<byte> packet)
    {
        var header = ParseHeader(packet, AddressOperation);
        if (header is not { Result: NatPmpResult.Success })
            return header;
        return packet.Length < AddressReplySize ? null : header with { Address = new IPAddress(packet.Slice(8, 4)) };
    }

    /// <summary>Returns the reply to a mapping request for this port; null if the packet is not such a reply.</summary>
    public static NatPmpReply? ParseMap(ReadOnlySpan<byte> packet, ushort internalPort)
    {
        var header = ParseHeader(packet, MapTcpOperation);
        if (header is not { Result: NatPmpResult.Success })
            return header;
        if (packet.Length < MapReplySize || BinaryPrimitives.ReadUInt16BigEndian(packet[8..]) != internalPort)
            return null;
        return header with
        {
            ExternalPort = BinaryPrimitives.ReadUInt16BigEndian(packet[10..]),
            LifetimeSeconds = BinaryPrimitives.ReadUInt32BigEndian(packet[12..]),
        };
    }

    private static NatPmpReply? ParseHeader(ReadOnlySpan<byte> packet, byte operation)
    {
        // A router that speaks only PCP replies with its own version and the result 1, which both protocols call "unsupported version".
        if (packet.Length >= 4 && packet[0] != Version)
            return (packet[1] & ReplyBit) != 0 && packet[3] == (byte)NatPmpResult.UnsupportedVersion
                ? new NatPmpReply(NatPmpResult.UnsupportedVersion, 0)
                : null;
        if (packet.Length < HeaderSize || packet[1] != (ReplyBit | operation))
            return null;
        return new NatPmpReply(
            (NatPmpResult)BinaryPrimitives.ReadUInt16BigEndian(packet[2..]), BinaryPrimitives.ReadUInt32BigEndian(packet[4..]));
    }
}

/// <summary>A router's NAT-PMP reply.</summary>
/// <param name="Result">The result code.</param>
/// <param name="EpochSeconds">The time since the router's table of mappings was last empty; 0 if the reply does not contain it.</param>
internal sealed record NatPmpReply(NatPmpResult Result, uint EpochSeconds)
{
    /// <summary>The external port that the router granted.</summary>
    public ushort ExternalPort { get; init; }

    /// <summary>The lease that the router granted.</summary>
    public uint LifetimeSeconds { get; init; }

    /// <summary>The router's external address; null if the request was for a mapping.</summary>
    public IPAddress? Address { get; init; }
}

/// <summary>The result codes of NAT-PMP.</summary>
internal enum NatPmpResult
{
    /// <summary>The router fulfilled the request.</summary>
    Success = 0,

    /// <summary>The router does not speak NAT-PMP, but may speak PCP.</summary>
    UnsupportedVersion = 1,

    /// <summary>Mappings are turned off on the router.</summary>
    Refused = 2,

    /// <summary>The router has no external address.</summary>
    NetworkFailure = 3,

    /// <summary>The router has no resources for another mapping.</summary>
    OutOfResources = 4,

    /// <summary>The router does not support the operation.</summary>
    UnsupportedOperation = 5,
}
