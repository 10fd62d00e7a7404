using TspActors.Media.Library;
using TspActors.Media.Mp3;
using TspActors.Media.Tests.Material;
using static TspActors.Media.Tests.Material.TagBytes;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Media.Tests;

public sealed class PayloadBoundsSpecs : IDisposable
{
    private static readonly byte[] Audio = Frames(20);
    private readonly TempFolder _folder = new();

    public static TheoryData<string, byte[], byte[]> Surroundings => new()
    {
        { "nothing", [], [] },
        { "ID3v2.3", Id3v2(3, 0, TagFrame(3, "TIT2", Latin1("x"))), [] },
        { "ID3v2.4 with footer", Id3v2(4, 0, new byte[77], withFooter: true), [] },
        { "two ID3v2 tags", Join(Id3v2(3, 0, new byte[50]), Id3v2(4, 0, new byte[60])), [] },
        { "ID3v2, zeros, ID3v2, zeros", Join(Id3v2(3, 0, new byte[50]), new byte[9000], Id3v2(4, 0, new byte[60]), new byte[5000]), [] },
        { "ID3v2 full of false frames", Id3v2(3, 0, Join(TagFrame(3, "APIC", Frames(9, Header64)))), [] },
        { "a large ID3v2 full of false frames", Id3v2(3, 0, TagFrame(3, "GEOB", Join(new byte[300_000], Frames(9, Header64)))), [] },
        { "an ID3v2 of nearly a window", Id3v2(3, 0, TagFrame(3, "GEOB", Join(new byte[250_000], Frames(9, Header64)))), [] },
        { "ID3v2 with a size beyond the file", Join("ID3"u8.ToArray(), [3, 0, 0], Synchsafe(200_000_000), Junk(30)), [] },
        { "leading junk", Junk(5000), [] },
        { "leading headers without frames", Join(Header128, Junk(700), Header64, Junk(30)), [] },
        { "leading APE", Ape(true, ("Title", "x")), [] },
        { "ID3v1", [], Id3v1("x") },
        { "TAG+ and ID3v1", [], Join("TAG+"u8.ToArray(), Junk(223), Id3v1("x")) },
        { "APE", [], Ape(false, ("Title", "x")) },
        { "APE with header and ID3v1", [], Join(Ape(true, ("Title", "x")), Id3v1("x")) },
        { "Lyrics3v2 and ID3v1", [], Join(Lyrics3v2("la la la"), Id3v1("x")) },
        { "Lyrics3v1 and ID3v1", [], Join("LYRICSBEGINla laLYRICSEND"u8.ToArray(), Id3v1("x")) },
        { "ID3v2.4 at the end", [], Id3v2(4, 0, TagFrame(4, "TIT2", Utf8("x")), withFooter: true) },
        { "APE, ID3v2.4 and ID3v1 at the end", [], Join(Ape(true, ("a b", "c")), Id3v2(4, 0, new byte[99], withFooter: true), Id3v1("x")) },
        { "zero padding", [], new byte[4096] },
        { "junk and ID3v1", [], Join(Junk(3000), Id3v1("x")) },
        { "a truncated frame", [], Frame()[..300] },
        { "a truncated frame and ID3v1", [], Join(Frame()[..300], Id3v1("x")) },
        { "a header without its frame", [], Header128 },
        { "everything", Join(Id3v2(3, 0, new byte[300]), Id3v2(4, 0, new byte[80], withFooter: true), Junk(40)),
            Join(Junk(50), Lyrics3v2("hm"), Ape(true, ("a b", "c")), Id3v1("x")) },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Surroundings))]
    public void The_payload_lies_between_tags_and_junk(string what, byte[] before, byte[] after)
    {
        var song = Read(Join(before, Audio, after));
        Assert.True((before.Length, Audio.Length) == ((int)song.PayloadOffset, (int)song.PayloadLength), what);
        Assert.Equal(NaiveTree.Root(Audio), song.Hash);
        Assert.Equal((uint)Math.Round(20 * 1152 / 44.1), song.Format.DurationMs);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(5_000)]
    [InlineData(300_000)] // longer than the window, which has moved on by the time the next frame is found
    [InlineData(1_000_000)]
    public void Junk_between_frames_belongs_to_the_payload(int length)
    {
        // With too few frames, it would be mostly junk.
        var frames = 5 + length / 4_000;
        var payload = Join(Frames(frames), Junk(length), Frames(frames, seed: 2));
        var song = Read(Join(Id3v2(3, 0, new byte[10]), payload, Junk(500), Id3v1("x")));
        Assert.Equal(payload.Length, song.PayloadLength);
        Assert.Equal(NaiveTree.Root(payload), song.Hash);
        Assert.Equal((uint)Math.Round(2 * frames * 1152 / 44.1), song.Format.DurationMs);
    }

    [Fact]
    public void Sections_with_different_sample_rates_are_one_payload()
    {
        var payload = Join(Frames(10), Id3v2(3, 0, new byte[100]), Frames(10, Header24k));
        var song = Read(payload);
        Assert.Equal(payload.Length, song.PayloadLength);
        Assert.Equal((uint)Math.Round(10 * 1152 / 44.1 + 10 * 576 / 24.0), song.Format.DurationMs);
        Assert.Equal(44_100u, song.Format.SampleRateHz);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_file_with_only_one_or_two_frames_besides_its_tags_is_a_song(int frames)
    {
        var song = Read(Join(Id3v2(4, 0, new byte[20]), Frames(frames), Id3v1("x")));
        Assert.Equal(417 * frames, song.PayloadLength);
    }

    [Theory]
    [InlineData("Xing")]
    [InlineData("Info")]
    [InlineData("VBRI")]
    public void An_info_frame_is_part_of_the_payload_but_does_not_count_towards_the_duration(string marker)
    {
        var payload = Join(InfoFrame(marker), Frames(10, Header64));
        var song = Read(payload);
        Assert.Equal(payload.Length, song.PayloadLength);
        Assert.Equal((uint)Math.Round(10 * 1152 / 44.1), song.Format.DurationMs);
        Assert.False(song.Format.Vbr);
    }

    [Fact]
    public void The_format_is_measured_over_all_frames()
    {
        var payload = Join(Frames(30), Frames(30, Header64));
        var format = Read(payload).Format;
        Assert.True(format.Vbr);
        Assert.Equal((2u, 44_100u, (ulong)payload.Length), (format.Channels, format.SampleRateHz, format.PayloadBytes));
        Assert.Equal(payload.Length * 8 / (60 * 1152 / 44_100.0), format.BitrateBps, 1.0);
    }

    [Fact]
    public void Payloads_that_span_many_windows_and_blocks_are_hashed_correctly()
    {
        foreach (var frames in (int[])[39, 40, 78, 628, 629, 1257, 3000])
        {
            var payload = Frames(frames);
            Assert.Equal(NaiveTree.Root(payload), Read(Join(Junk(frames), payload)).Hash);
        }
    }

    private SongFile Read(byte[] bytes) => Assert.IsType<SongFile>(SongFile.Read(_folder.Write("song.mp3", bytes)).Entry);
}
