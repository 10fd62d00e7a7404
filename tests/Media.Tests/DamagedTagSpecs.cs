using System.Text;
using TspActors.Media.Library;
using TspActors.Media.Tests.Material;
using TspActors.Protocol;
using static TspActors.Media.Tests.Material.TagBytes;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Media.Tests;

/// <summary>Checks that one wrong frame or size in an ID3v2 tag does not hide the frames after it.</summary>
public sealed class DamagedTagSpecs : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(4)]
    [InlineData(3)]
    public void Sizes_in_the_notation_of_the_other_version_are_recognized_whatever_the_text_looks_like(int version)
    {
        // Where the frame ends according to the wrong notation, the text looks like the id of a frame.
        foreach (var letter in "LT\0x")
        {
            var title = new string('A', 100) + new string(letter == '\0' ? 'é' : letter, 150);
            var other = 7 - version;
            var tags = Read(Id3v2(version, 0, Join(
                TagFrame(other, "TIT2", Utf8(title)), TagFrame(other, "APIC", Junk(70_000)), TagFrame(other, "TPE1", Utf8("After")),
                new byte[50])));
            Assert.Equal((title, "After"), (tags.Title, tags.Artist));
        }
    }

    [Fact]
    public void Both_notations_of_sizes_may_occur_in_one_tag()
    {
        var tags = Read(Id3v2(4, 0, Join(
            TagFrame(3, "APIC", Junk(300)), TagFrame(4, "TIT2", Utf8(new string('t', 200))), TagFrame(3, "PRIV", Junk(200)),
            TagFrame(4, "TPE1", Utf8("After")))));
        Assert.Equal((new string('t', 200), "After"), (tags.Title, tags.Artist));
    }

    [Theory]
    [InlineData(2, "TT2", "PIC", "TP1", "TRK")]
    [InlineData(3, "TIT2", "APIC", "TPE1", "TRCK")]
    public void Sizes_may_count_the_zeros_of_unsynchronisation(int version, string title, string picture, string artist, string track)
    {
        // The picture is unsynchronised, the texts are not, and all sizes count the bytes as they are in the file.
        var content = Enumerable.Repeat<byte[]>([0xFF, 0xE1, 0xFF, 0], 20).SelectMany(bytes => bytes);
        var jpeg = Unsynchronised(
            [0, .. "image/jpeg"u8, 0, 3, 0, 0xFF, 0xD8, 0xFF, 0xE0, 0, 16, .. content, 0xFF, 0xD9]);
        foreach (var encode in (Func<string, byte[]>[])[Utf16, text => Unsynchronised(Utf16(text))])
        {
            var tags = Read(Id3v2(version, 0x80, Join(
                TagFrame(version, title, encode("Title before the picture")), TagFrame(version, picture, jpeg),
                TagFrame(version, artist, encode("Artist behind it ÿ")), TagFrame(version, track, encode("12")), new byte[64])));
            Assert.Equal(("Title before the picture", "Artist behind it ÿ", 12u), (tags.Title, tags.Artist, tags.Track));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_frame_with_a_wrong_size_does_not_end_the_tag(int version)
    {
        var (titleId, artistId, pictureId) = version == 2 ? ("TT2", "TP1", "PIC") : ("TIT2", "TPE1", "APIC");
        var after = Join(TagFrame(version, artistId, Latin1("After")), new byte[2000]);
        foreach (var size in (int[])[0, 1, 3, 9, 20, 500, 1_000_000])
        {
            var title = Read(Id3v2(version, 0, Join(Resized(version, TagFrame(version, titleId, Latin1("Song")), size), after)));
            Assert.Equal("After", title.Artist);
            Assert.True("Song".StartsWith(title.Title, StringComparison.Ordinal) || title.Title == "song", title.Title);
            var picture = Read(Id3v2(version, 0, Join(Resized(version, TagFrame(version, pictureId, Junk(3000)), size), after)));
            Assert.Equal("After", picture.Artist);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Bytes_that_are_not_a_frame_do_not_end_the_tag(int version)
    {
        var (titleId, artistId) = version == 2 ? ("TT2", "TP1") : ("TIT2", "TPE1");
        foreach (var junk in (byte[][])[[1], Junk(5), Junk(5000), Encoding.ASCII.GetBytes("lower case"), [0, 0, 7]])
        {
            var tags = Read(Id3v2(version, 0, Join(
                junk, TagFrame(version, titleId, Latin1("Song")), junk, TagFrame(version, artistId, Latin1("After")), new byte[30])));
            Assert.Equal(("Song", "After"), (tags.Title, tags.Artist));
        }
    }

    [Theory]
    [InlineData(3, 0x7FFFFFFF)]
    [InlineData(4, 0x7F7F7F7F)]
    [InlineData(4, 0)]
    public void An_extended_header_with_a_wrong_size_does_not_end_the_tag(int version, int size) =>
        Assert.Equal("Song", Read(Id3v2(
            version, 0x40, Join(BigEndian(size), new byte[6], TagFrame(version, "TIT2", Latin1("Song"))))).Title);

    [Fact]
    public void The_titles_of_chapters_are_not_read_as_the_title_of_the_song()
    {
        var chapter = Join([.. "one"u8, 0], new byte[16], TagFrame(4, "TIT2", Latin1("Chapter")));
        var tags = Read(Id3v2(4, 0, Join(TagFrame(4, "CHAP", chapter), Junk(20), TagFrame(4, "TPE1", Latin1("After")))));
        Assert.Equal(("song", "After"), (tags.Title, tags.Artist));
    }

    [Theory]
    [InlineData(2, "TP1", "TCO")]
    [InlineData(3, "TPE1", "TCON")]
    [InlineData(4, "TPE1", "TCON")]
    public void Several_frames_of_a_list_are_kept(int version, string artist, string genre)
    {
        var tags = Read(Id3v2(version, 0, Join(
            TagFrame(version, artist, Latin1("One")), TagFrame(version, artist, Utf16("Two\0One")),
            TagFrame(version, genre, Latin1("(17)")),
            TagFrame(version, genre, Latin1("Pop")), TagFrame(version, genre, Latin1("rock")))));
        Assert.Equal(("One; Two", "Rock; Pop"), (tags.Artist, tags.Genre));
    }

    [Fact]
    public void A_list_of_an_earlier_tag_is_not_continued_by_a_later_one()
    {
        var tags = Read(Id3v2(4, 0, TagFrame(4, "TPE1", Latin1("One"))), Id3v1("x", "Two"));
        Assert.Equal("One", tags.Artist);
    }

    [Fact]
    public void Ten_thousand_values_of_a_list_take_little_memory()
    {
        var frame = TagFrame(4, "TPE1", Latin1(new string('x', 30_000)));
        var path = _folder.Write("song.mp3", Join(Id3v2(4, 0, Join([.. Enumerable.Repeat(frame, 1000)])), Frames(5)));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var tags = Assert.IsType<SongFile>(SongFile.Read(path).Entry).Tags;
        Assert.Equal(1024, tags.Artist.Length);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }

    private static byte[] Resized(int version, byte[] frame, int size)
    {
        var bytes = version switch { 2 => BigEndian(size)[1..], 3 => BigEndian(size), _ => Synchsafe(size) };
        bytes.CopyTo(frame, version == 2 ? 3 : 4);
        return frame;
    }

    private static byte[] Unsynchronised(byte[] bytes) => [.. bytes.SelectMany((value, at) =>
        value == 0xFF && (at + 1 == bytes.Length || bytes[at + 1] is 0 or >= 0xE0) ? [value, 0] : (byte[])[value])];

    private SongTags Read(params byte[][] parts) =>
        Assert.IsType<SongFile>(SongFile.Read(_folder.Write("song.mp3", Join(parts[0], Frames(5), Join(parts[1..])))).Entry).Tags;
}
