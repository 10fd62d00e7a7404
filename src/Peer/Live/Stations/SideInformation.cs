using System.Buffers.Binary;
using TspActors.Mpeg;

namespace TspActors.Peer.Live.Stations;

/// <summary>
/// The side information of a Layer III frame, which follows the header. It says where in the stream the frame's audio begins, and how that
/// audio is coded (ISO/IEC 11172-3, section 2.4.1.7; ISO/IEC 13818-3 for the lower sample rates).
/// </summary>
internal static class SideInformation
{
    private const int CrcBytes = 2;

    /// <summary>Returns how many bytes from earlier frames the frame needs (main_data_begin): up to 511, or 255 for MPEG-2.</summary>
    public static int BorrowedBytes(Mp3FrameHeader header, ReadOnlySpan<byte> frame)
    {
        var side = Of(header, frame);
        return header.Version == MpegVersion.Mpeg1 ? side[0] << 1 | side[1] >> 7 : side[0];
    }

    /// <summary>Returns how many bytes of coded audio the frame contributes to the stream, for itself and for later frames.</summary>
    public static int LentBytes(Mp3FrameHeader header) => header.FrameBytes - Start(header) - header.SideInfoBytes;

    /// <summary>Returns whether the frame is long enough for its side information.</summary>
    public static bool IsWhole(Mp3FrameHeader header) => LentBytes(header) >= 0;

    /// <summary>Makes the frame silent, but keeps the bytes in it that later frames need.</summary>
    public static void Mute(Mp3FrameHeader header, Span<byte> frame)
    {
        var side = frame.Slice(Start(header), header.SideInfoBytes);
        // A frame without any bits of audio decodes to silence. The first field stays, because some decoders check it anyway.
        if (header.Version == MpegVersion.Mpeg1)
            side[1] &= 0x80;
        side[(header.Version == MpegVersion.Mpeg1 ? 2 : 1)..].Clear();
        if (header.HasCrc)
            BinaryPrimitives.WriteUInt16BigEndian(frame[Mp3FrameHeader.Size..], Crc(frame[2..4], side));
    }

    private static int Start(Mp3FrameHeader header) => Mp3FrameHeader.Size + (header.HasCrc ? CrcBytes : 0);

    private static ReadOnlySpan<byte> Of(Mp3FrameHeader header, ReadOnlySpan<byte> frame) =>
        frame.Slice(Start(header), header.SideInfoBytes);

    private static ushort Crc(ReadOnlySpan<byte> header, ReadOnlySpan<byte> side) => Crc(Crc(0xFFFF, header), side);

    private static ushort Crc(ushort crc, ReadOnlySpan<byte> bytes)
    {
        var register = (int)crc;
        foreach (var each in bytes)
        {
            register ^= each << 8;
            for (var bit = 0; bit < 8; bit++)
                register = (register & 0x8000) != 0 ? (register << 1 ^ 0x8005) & 0xFFFF : register << 1;
        }

        return (ushort)register;
    }
}
