using System.Buffers.Binary;
using System.Text;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Mpeg.Tests;

/// <summary>Checks how the ReplayGain in the info frames of encoders is read.</summary>
public sealed class Mp3InfoGainSpecs
{
    // Name 1 = track, 2 = album; set by 3 = automatic; then the sign, and tenths of a dB.
    private const ushort TrackMinus65 = 0b001_011_1_001000001;
    private const ushort AlbumPlus12 = 0b010_011_0_000001100;

    [Theory]
    [InlineData("LAME3.99r")]
    [InlineData("LAME3.100")]
    [InlineData("LAME3.96 ")]
    [InlineData("Lavf58.76")]
    public void Gains_and_peak_are_read(string encoder) =>
        Assert.Equal(new Mp3InfoGain(-650, 120, 988_000), Mp3InfoGain.Read(Frame(encoder, 8_287_944, TrackMinus65, AlbumPlus12)));

    [Theory]
    [InlineData("LAME3.93 ")] // a different reference level
    [InlineData("LAME3.88 ")]
    [InlineData("GOGO3.13 ")]
    [InlineData("")]
    public void Values_from_other_encoders_are_not_used(string encoder) =>
        Assert.Equal(default, Mp3InfoGain.Read(Frame(encoder, 8_287_944, TrackMinus65, AlbumPlus12)));

    [Theory]
    [InlineData(0)]
    [InlineData(0b001_000_1_001000001)] // nobody has set it
    [InlineData(0b010_011_1_001000001)] // an album gain in the place of the track gain
    public void A_gain_that_is_not_set_is_unknown(int track) =>
        Assert.Equal(new Mp3InfoGain(null, null, null), Mp3InfoGain.Read(Frame("LAME3.99r", 0, (ushort)track, 0)));

    [Fact]
    public void A_frame_that_ends_early_or_is_not_an_info_frame_has_no_gain()
    {
        var frame = Frame("LAME3.99r", 8_287_944, TrackMinus65, AlbumPlus12);
        for (var length = 0; length < 150; length++)
            Assert.Equal(default, Mp3InfoGain.Read(frame.AsSpan(0, length)));
        Assert.Equal(default, Mp3InfoGain.Read(Frames(3)));
        Assert.NotEqual(default, Mp3InfoGain.Read(frame.AsSpan(0, Mp3InfoFrame.HeadBytes)));
    }

    private static byte[] Frame(string encoder, uint peak, ushort track, ushort album)
    {
        var frame = LameFrame("Info", 100, 576, 1000);
        var lame = frame.AsSpan(4 + 32 + 120);
        Encoding.ASCII.GetBytes(encoder, lame);
        BinaryPrimitives.WriteUInt32BigEndian(lame[11..], peak);
        BinaryPrimitives.WriteUInt16BigEndian(lame[15..], track);
        BinaryPrimitives.WriteUInt16BigEndian(lame[17..], album);
        return frame;
    }
}
