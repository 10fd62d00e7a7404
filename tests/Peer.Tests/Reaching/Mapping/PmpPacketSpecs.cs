using System.Buffers.Binary;
using System.Net;
using FsCheck.Xunit;
using TspActors.Peer.Reaching.Mapping;

namespace TspActors.Peer.Tests.Reaching.Mapping;

/// <summary>Checks the packets of NAT-PMP and PCP byte by byte.</summary>
public sealed class PmpPacketSpecs
{
    private static readonly byte[] Nonce = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

    [Fact]
    public void The_requests_of_NAT_PMP_have_the_bytes_of_RFC_6886()
    {
        Assert.Equal("0000", Convert.ToHexStringLower(NatPmp.AddressRequest()));
        Assert.Equal("000200001b9f1ba000001c20", Convert.ToHexStringLower(NatPmp.MapRequest(7071, 7072, 7200)));
    }

    [Fact]
    public void The_request_of_PCP_has_the_bytes_of_RFC_6887()
    {
        var packet = Pcp.MapRequest(Nonce, IPAddress.Parse("192.168.1.5"), 7071, 7072, 7200);

        Assert.Equal(
            "0201000000001c20" + "00000000000000000000ffffc0a80105" + "0102030405060708090a0b0c" + "06000000" + "1b9f1ba0"
                + "00000000000000000000ffff00000000",
            Convert.ToHexStringLower(packet));
    }

    [Fact]
    public void A_reply_with_the_external_address_is_read()
    {
        var reply = NatPmp.ParseAddress(Convert.FromHexString("008000000000008205050015"));

        Assert.Equal(new NatPmpReply(NatPmpResult.Success, 130) { Address = IPAddress.Parse("5.5.0.21") }, reply);
    }

    [Fact]
    public void A_reply_with_a_mapping_is_read()
    {
        var packet = Convert.FromHexString("00820000000000821b9f1ba000001c20");

        Assert.Equal(
            new NatPmpReply(NatPmpResult.Success, 130) { ExternalPort = 7072, LifetimeSeconds = 7200 }, NatPmp.ParseMap(packet, 7071));
        Assert.Null(NatPmp.ParseMap(packet, 7073));
    }

    [Theory]
    [InlineData("0082000200000082", NatPmpResult.Refused)]
    [InlineData("00820004000000821b9f000000000000", NatPmpResult.OutOfResources)]
    [InlineData("0082000100000082", NatPmpResult.UnsupportedVersion)]
    [InlineData("028200010000000000000082000000000000000000000000", NatPmpResult.UnsupportedVersion)]
    public void An_error_of_NAT_PMP_is_read_whatever_its_length(string packet, object result) =>
        Assert.Equal(result, NatPmp.ParseMap(Convert.FromHexString(packet), 7071)?.Result);

    [Theory]
    [InlineData("00020000000000821b9f1ba000001c20")]
    [InlineData("00810000000000821b9f1ba000001c20")]
    [InlineData("00820000000000821b9f1ba0")]
    [InlineData("0082")]
    [InlineData("")]
    public void A_packet_that_is_not_a_reply_of_NAT_PMP_is_ignored(string packet) =>
        Assert.Null(NatPmp.ParseMap(Convert.FromHexString(packet), 7071));

    [Property]
    public void A_granted_mapping_of_NAT_PMP_is_read_as_it_was_written(ushort port, ushort granted, uint lease, uint epoch)
    {
        var packet = new byte[16];
        packet[1] = 0x82;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), epoch);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(8), port);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), granted);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), lease);

        Assert.Equal(
            new NatPmpReply(NatPmpResult.Success, epoch) { ExternalPort = granted, LifetimeSeconds = lease },
            NatPmp.ParseMap(packet, port));
    }

    [Property]
    public void A_granted_mapping_of_PCP_is_read_as_it_was_written(ushort port, ushort granted, uint lease, uint epoch)
    {
        var packet = Granted(port, granted, lease, epoch);

        Assert.Equal(
            new PcpReply(PcpReply.Success, lease, epoch) { ExternalPort = granted, ExternalAddress = IPAddress.Parse("5.5.0.21") },
            Pcp.ParseMap(packet, Nonce, port));
    }

    [Fact]
    public void A_reply_of_PCP_to_another_nonce_or_port_is_ignored()
    {
        var packet = Granted(7071, 7071, 7200, 1);

        Assert.Null(Pcp.ParseMap(packet, Pcp.NewNonce(), 7071));
        Assert.Null(Pcp.ParseMap(packet, Nonce, 7072));
        Assert.Null(Pcp.ParseMap(packet.AsSpan(0, 59), Nonce, 7071));
    }

    [Fact]
    public void A_short_error_of_PCP_is_read() => Assert.Equal(
        new PcpReply(2, 30, 130), Pcp.ParseMap(Convert.FromHexString("028100020000001e00000082000000000000000000000000"), Nonce, 7071));

    [Fact]
    public void The_request_for_the_epoch_of_PCP_has_the_bytes_of_RFC_6887_and_any_reply_contains_the_epoch()
    {
        Assert.Equal(
            "0200000000000000" + "00000000000000000000ffffc0a80105",
            Convert.ToHexStringLower(Pcp.AnnounceRequest(IPAddress.Parse("192.168.1.5"))));
        Assert.Equal(
            130u, Pcp.ParseAnnounce(Convert.FromHexString("028000000000000000000082000000000000000000000000"))?.EpochSeconds);
        Assert.Equal(
            130u, Pcp.ParseAnnounce(Convert.FromHexString("028000040000001e00000082000000000000000000000000"))?.EpochSeconds);
        Assert.Null(Pcp.ParseAnnounce(Convert.FromHexString("028100000000000000000082000000000000000000000000")));
    }

    [Property]
    public void Arbitrary_packets_never_cause_an_exception(byte[] packet)
    {
        NatPmp.ParseAddress(packet);
        NatPmp.ParseMap(packet, 7071);
        Pcp.ParseMap(packet, Nonce, 7071);
        Pcp.ParseAnnounce(packet);
    }

    [Property]
    public void A_changed_or_cut_reply_never_causes_an_exception(byte at, byte value, byte length)
    {
        var packet = Granted(7071, 7071, 7200, 1);
        packet[at % packet.Length] = value;
        var cut = packet.AsSpan(0, Math.Min(length, packet.Length)).ToArray();

        Arbitrary_packets_never_cause_an_exception(cut);
    }

    private static byte[] Granted(ushort port, ushort granted, uint lease, uint epoch)
    {
        var packet = Pcp.MapRequest(Nonce, IPAddress.Any, port, granted, lease);
        packet[1] |= 0x80;
        packet.AsSpan(8, 16).Clear();
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), epoch);
        IPAddress.Parse("5.5.0.21").MapToIPv6().TryWriteBytes(packet.AsSpan(44), out _);
        return packet;
    }
}
