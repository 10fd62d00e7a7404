using System.Buffers.Binary;

namespace TspActors.Mpeg;

/// <summary>The ReplayGain that an encoder wrote into its info frame (the "LAME tag").</summary>
/// <param name="TrackGainCdb">The track gain in hundredths of a dB; null = unknown.</param>
/// <param name="AlbumGainCdb">The album gain in hundredths of a dB; null = unknown.</param>
/// <param name="PeakPpm">The largest sample in millionths of full scale; null = unknown.</param>
public readonly record struct Mp3InfoGain(int? TrackGainCdb, int? AlbumGainCdb, uint? PeakPpm)
{
    // Offsets from the encoder's name: http://gabriel.mp3-tech.org/mp3infotag.html
    private const int PeakOffset = 11;
    private const int TrackOffset = 15;
    private const int AlbumOffset = 17;
    private const int Bytes = 19;

    // LAME and ffmpeg write the peak with 23 bits after the binary point.
    private const int PeakBits = 23;

    /// <summary>Reads the gains in an info frame. Fields beyond the end of <paramref name="bytes"/> are unknown.</summary>
    /// <param name="bytes">The bytes of the frame, from its header.</param>
    public static Mp3InfoGain Read(ReadOnlySpan<byte> bytes)
    {
        if (!Mp3InfoFrame.TryRead(bytes, out var info) || info.EncoderOffset == 0 || bytes.Length < info.EncoderOffset + Bytes)
            return default;
        var lame = bytes[info.EncoderOffset..];
        if (!IsReliable(lame))
            return default;
        var peak = Math.Round(BinaryPrimitives.ReadUInt32BigEndian(lame[PeakOffset..]) * 1_000_000.0 / (1 << PeakBits));
        return new Mp3InfoGain(
            Gain(BinaryPrimitives.ReadUInt16BigEndian(lame[TrackOffset..]), name: 1),
            Gain(BinaryPrimitives.ReadUInt16BigEndian(lame[AlbumOffset..]), name: 2),
            peak is > 0 and <= uint.MaxValue ? (uint)peak : null);
    }

    // LAME up to 3.95 used a different reference (83 dB) and wrote the peak differently.
    private static bool IsReliable(ReadOnlySpan<byte> lame) =>
        lame.StartsWith("Lavf"u8) || lame.StartsWith("Lavc"u8)
        || lame.StartsWith("LAME3."u8) && !(lame[6] == '8' || lame[6] == '9' && lame[7] is >= (byte)'0' and <= (byte)'5');

    // Three bits say what the gain is for, three say who set it (0 = nobody), one is the sign, and nine are tenths of a dB.
    private static int? Gain(ushort field, int name)
    {
        if (field >> 13 != name || (field >> 10 & 7) == 0)
            return null;
        var cdb = (field & 0x1FF) * 10;
        return (field & 0x200) == 0 ? cdb : -cdb;
    }
}
