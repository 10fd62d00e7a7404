using System.Net;
using System.Net.Sockets;

namespace TspActors.Transport;

/// <summary>A block of addresses that count as one towards a limit, because one person or one site can own the entire block.</summary>
/// <param name="Prefix">The first address of the block.</param>
/// <param name="Bits">The number of leading bits that all addresses of the block share.</param>
public readonly record struct AddressGroup(IPAddress Prefix, int Bits)
{
    private const int BitsOfByte = 8;

    // A household has a /64 or a /56, a company a /48 (RFC 6177).
    private static readonly int[] SixBits = [64, 56, 48];
    private static readonly int[] FourBits = [32, 24];

    /// <summary>The block that contains all addresses.</summary>
    public static AddressGroup Everyone { get; } = new(IPAddress.IPv6Any, 0);

    /// <summary>
    /// Returns the blocks that contain an address, smallest first: the /64, /56 and /48 of an IPv6 address; an IPv4 address itself and its
    /// /24.
    /// </summary>
    public static AddressGroup[] Around(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        var sizes = address.AddressFamily == AddressFamily.InterNetworkV6 ? SixBits : FourBits;
        var groups = new AddressGroup[sizes.Length];
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < sizes.Length; i++)
        {
            bytes.AsSpan(sizes[i] / BitsOfByte).Clear();
            groups[i] = new AddressGroup(new IPAddress(bytes), sizes[i]);
        }

        return groups;
    }
}
