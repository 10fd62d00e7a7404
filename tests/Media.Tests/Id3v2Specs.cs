using System.Text;
using TspActors.Media.Library;
using TspActors.Media.Tags;
using TspActors.Media.Tests.Material;
using TspActors.Protocol;
using static TspActors.Media.Tests.Material.TagBytes;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Media.Tests;

public sealed class Id3v2Specs : IDisposable
{
    private const string Title = "Ünïcödé 音楽 🎵";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<int, string, string> Versions =>
        new() { { 2, "TT2", "TP1" }, { 3, "TIT2", "TPE1" }, { 4, "TIT2", "TPE1" }, { 3, "TT2\0", "TP1\0" } };

    [Theory]
    [MemberData(nameof(Versions))]
    public void Reads_all_four_encodings_in_every_version(int version, string title, string artist)
    {
        foreach (var encoded in (byte[][])[Utf16(Title), Utf16BigEndian(Title), Utf8(Title),
            [1, 0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(Title)]])
        {
            var tags = Read(
                Id3v2(version, 0, Join(TagFrame(version, artist, Latin1("Motörhead")), TagFrame(version, title, encoded), new byte[64])));
            Assert.Equal((Title, "Motörhead"), (tags.Title, tags.Artist));
        }
    }

    [Theory]
    [InlineData(2, "TT2 TP1 TAL TP2 TRK TPA TYE TCO")]
    [InlineData(3, "TIT2 TPE1 TALB TPE2 TRCK TPOS TYER TCON")]
    [InlineData(4, "TIT2 TPE1 TALB TPE2 TRCK TPOS TDRC TCON")]
    public void Reads_every_field(int version, string ids)
    {
        string[] values = ["Song", "Band", "Record", "Various", "3/12", "2/2", version == 4 ? "1999-05-17T10:00" : "1999", "(17)"];
        var frames = ids.Split(' ').Zip(values, (id, value) => TagFrame(version, id, Latin1(value))).ToArray();
        var expected = new SongTags
        {
            Title = "Song",
            Artist = "Band",
            Album = "Record",
            AlbumArtist = "Various",
            Track = 3,
            Disc = 2,
            Year = 1999,
            Genre = "Rock"
        };
        Assert.Equal(expected, Read(Id3v2(version, 0, Join(frames))));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Reads_a_tag_with_whole_tag_unsynchronisation(int version)
    {
        var (picture, title) = version == 2 ? ("PIC", "TT2") : ("APIC", "TIT2");
        var body = Join(
            TagFrame(version, picture, [.. Enumerable.Repeat<byte>(0xFF, 3000), 0, 0xE0]),
            TagFrame(version, title, [1, 0xFF, 0xFE, .. Encoding.Unicode.GetBytes("ÿĀ then")]));
        Assert.Equal("ÿĀ then", Read(Id3v2(version, 0x80, Stuffed(body))).Title);
    }

    [Fact]
    public void Reads_frames_that_are_unsynchronised_individually()
    {
        var stuffed = Stuffed(Utf16("ÿĀ then"));
        byte[] withLength = [.. Synchsafe(stuffed.Length - 2), .. stuffed];
        Assert.Equal("ÿĀ then", Read(Id3v2(4, 0, TagFrame(4, "TIT2", stuffed, 0x0002))).Title);
        Assert.Equal("ÿĀ then", Read(Id3v2(4, 0x80, TagFrame(4, "TIT2", withLength, 0x0003))).Title);
    }

    [Fact]
    public void Reads_compressed_and_grouped_frames()
    {
        var text = Utf8("squeezed " + new string('x', 300));
        var zipped = Zipped(text);
        var expected = Encoding.UTF8.GetString(text.AsSpan(1));
        Assert.Equal(expected, Read(Id3v2(3, 0, TagFrame(3, "TIT2", [.. BigEndian(text.Length), .. zipped], 0x0080))).Title);
        Assert.Equal(expected, Read(Id3v2(4, 0, TagFrame(4, "TIT2", [9, .. Synchsafe(text.Length), .. zipped], 0x0049))).Title);
        Assert.Equal(
            "kept",
            Read(Id3v2(3, 0, Join(TagFrame(3, "TIT2", [0, 0, 0, 9, 1, 2, 3, 4], 0x0080), TagFrame(3, "TIT2", Latin1("kept"))))).Title);
    }

    [Fact]
    public void Many_compressed_frames_take_limited_memory_and_a_later_tag_is_still_read()
    {
        // Frames that fill no field, so that the reader cannot stop early.
        var bomb = Zipped([3, .. "x\0"u8, .. new byte[256 << 10]]);
        var frame = TagFrame(3, "TXXX", [.. BigEndian(bomb.Length), .. bomb], 0x0080);
        var tag = Id3v2(3, 0, Join([.. Enumerable.Repeat(frame, 5_000)]));
        var file = Join(tag, tag, Id3v2(3, 0, TagFrame(3, "TALB", Latin1("Album"))));
        Read(tag);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal("Album", Read(file).Album);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }

    [Fact]
    public void Compressed_text_after_the_limit_is_skipped()
    {
        var title = Zipped(Utf8("squeezed"));
        var frame = TagFrame(3, "TIT2", [.. BigEndian(title.Length), .. title], 0x0080);
        var bomb = Zipped([3, .. "x\0"u8, .. new byte[100_000]]);
        var filler = TagFrame(3, "TXXX", [.. BigEndian(bomb.Length), .. bomb], 0x0080);
        Assert.Equal("squeezed", Read(Id3v2(3, 0, Join([.. Enumerable.Repeat(filler, 41), frame]))).Title);
        Assert.NotEqual("squeezed", Read(Id3v2(3, 0, Join([.. Enumerable.Repeat(filler, 42), frame]))).Title);
    }

    [Theory]
    [InlineData(3, 0x0040)]
    [InlineData(4, 0x0004)]
    public void Skips_encrypted_frames(int version, ushort flags) =>
        Assert.Equal("plain", Read(Id3v2(version, 0,
            Join(TagFrame(version, "TIT2", Latin1("secret"), flags), TagFrame(version, "TIT2", Latin1("plain"))))).Title);

    [Fact]
    public void Skips_an_extended_header_and_tolerates_a_missing_one()
    {
        var title3 = TagFrame(3, "TIT2", Latin1("x"));
        var title4 = TagFrame(4, "TIT2", Latin1("x"));
        Assert.Equal("x", Read(Id3v2(3, 0x40, Join([0, 0, 0, 6], new byte[6], title3))).Title);
        Assert.Equal("x", Read(Id3v2(4, 0x40, Join([0, 0, 0, 6, 1, 0], title4))).Title);
        Assert.Equal("x", Read(Id3v2(3, 0x40, title3)).Title);
        Assert.Equal("x", Read(Id3v2(4, 0x40, title4)).Title);
    }

    [Fact]
    public void Recognizes_version_3_sizes_in_a_version_4_tag()
    {
        var album = new string('a', 299);
        byte[] wrong = [.. "TALB"u8, .. BigEndian(300), 0, 0, .. Latin1(album)];
        var tags = Read(Id3v2(4, 0, Join(wrong, TagFrame(4, "TIT2", Latin1("x")))));
        Assert.Equal((album, "x"), (tags.Album, tags.Title));
    }

    [Fact]
    public void Several_values_of_a_field_are_joined_except_for_the_title()
    {
        var tags = Read(Id3v2(4, 0, Join(
            TagFrame(4, "TPE1", Utf8("One\0Two\0One")), TagFrame(4, "TCON", Utf16("17\0RX\0Gipsy")),
            TagFrame(4, "TIT2", Utf8("First\0Second")))));
        Assert.Equal(("One; Two", "Rock; Remix; Gipsy", "First"), (tags.Artist, tags.Genre, tags.Title));
        Assert.Equal("AC/DC", Read(Id3v2(3, 0, TagFrame(3, "TPE1", Latin1("AC/DC")))).Artist);
    }

    [Fact]
    public void A_user_defined_album_artist_is_used_only_if_there_is_no_standard_one()
    {
        var user = TagFrame(3, "TXXX", Latin1("ALBUM ARTIST\0Various"));
        var other = TagFrame(3, "TXXX", Latin1("MOOD\0sad"));
        Assert.Equal("Various", Read(Id3v2(3, 0, Join(other, user))).AlbumArtist);
        Assert.Equal("Various", Read(Id3v2(3, 0, TagFrame(3, "TXXX", Utf16("AlbumArtist\0Various")))).AlbumArtist);
        Assert.Equal("Own", Read(Id3v2(3, 0, Join(user, TagFrame(3, "TPE2", Latin1("Own"))))).AlbumArtist);
        Assert.Equal("", Read(Id3v2(3, 0, Join(other, TagFrame(3, "TXXX", Latin1("ALBUMARTIST"))))).AlbumArtist);
    }

    [Fact]
    public void Latin_1_is_read_as_Windows_1252_and_no_other_encoding_is_guessed() =>
        Assert.Equal(
            "Don\u2019t \u20AC\u0178 \u00CF\u00F0\u00E8",
            Read(Id3v2(3, 0, TagFrame(3, "TIT2", [0, .. "Don"u8, 0x92, .. "t "u8, 0x80, 0x9F, 0x20, 0xCF, 0xF0, 0xE8]))).Title);

    [Fact]
    public void A_text_is_truncated_to_the_length_that_a_tracker_accepts() =>
        Assert.Equal(new string('音', 341), Read(Id3v2(4, 0, TagFrame(4, "TIT2", Utf8(new string('音', 2000))))).Title);

    [Theory]
    [InlineData("(17)", "Rock")]
    [InlineData("17", "Rock")]
    [InlineData("(17)Rock", "Rock")]
    [InlineData("(4)Eurodisco", "Eurodisco")]
    [InlineData("(51)(39)", "Techno-Industrial; Noise")]
    [InlineData("(RX)", "Remix")]
    [InlineData("CR", "Cover")]
    [InlineData("((Rock) Opera", "(Rock) Opera")]
    [InlineData("(live) Rock", "(live) Rock")]
    [InlineData("(255)", "")]
    [InlineData("255", "")]
    [InlineData("1980s", "1980s")]
    [InlineData("2001", "2001")]
    [InlineData("(", "(")]
    public void Genre_references_become_names(string written, string genre) =>
        Assert.Equal(genre, Read(Id3v2(3, 0, TagFrame(3, "TCON", Latin1(written)))).Genre);

    [Theory]
    [InlineData("3/12", 3)]
    [InlineData("03", 3)]
    [InlineData(" 7 ", 7)]
    [InlineData("A1", 0)]
    [InlineData("-4", 0)]
    [InlineData("99999999999", 0)]
    [InlineData("/9", 0)]
    public void The_track_is_the_number_before_the_slash(string written, uint track) =>
        Assert.Equal(track, Read(Id3v2(3, 0, TagFrame(3, "TRCK", Latin1(written)))).Track);

    [Theory]
    [InlineData("1999", 1999)]
    [InlineData("2004-12-31", 2004)]
    [InlineData("'99", 0)]
    [InlineData("99", 0)]
    public void The_year_is_the_first_four_digits(string written, uint year) =>
        Assert.Equal(year, Read(Id3v2(4, 0, TagFrame(4, "TDRC", Latin1(written)))).Year);

    [Fact]
    public void The_recording_year_takes_precedence_over_the_release_year()
    {
        var tags = Read(Id3v2(4, 0, Join(TagFrame(4, "TDRL", Latin1("2010")), TagFrame(4, "TYER", Latin1("2005")),
            TagFrame(4, "TDRC", Latin1("1971")))));
        Assert.Equal(1971u, tags.Year);
    }

    [Fact]
    public void Texts_are_cleaned_and_limited_in_length()
    {
        Assert.Equal("a b c", Read(Id3v2(3, 0, TagFrame(3, "TPE1", Latin1("  a\tb\u0001\nc\u0081\r\n ")))).Artist);
        Assert.Equal("x\uFFFDy", Read(Id3v2(3, 0, TagFrame(3, "TPE1", Utf16("x\uD800y")))).Artist);
        Assert.Equal("x\uFFFDy", Read(Id3v2(4, 0, TagFrame(4, "TPE1", [3, (byte)'x', 0xC3, (byte)'y']))).Artist);
        var cut = Read(Id3v2(4, 0, TagFrame(4, "TPE1", Utf8("a" + string.Concat(Enumerable.Repeat("🎵", 400)))))).Artist;
        Assert.Equal(511, cut.Length);
        Assert.Equal("song", Read(Id3v2(4, 0, TagFrame(4, "TIT2", Utf8("\0\u0001 \0")))).Title);
    }

    [Fact]
    public void Oversized_frames_are_skipped_and_the_following_frames_are_read()
    {
        var tags = Read(Id3v2(3, 0, Join(TagFrame(3, "TALB", new byte[1 << 20]), TagFrame(3, "APIC", new byte[3 << 20]),
            TagFrame(3, "TIT2", Latin1("x")))));
        Assert.Equal(("", "x"), (tags.Album, tags.Title));
    }

    [Fact]
    public void The_fields_before_a_corrupt_frame_are_kept()
    {
        var title = TagFrame(3, "TIT2", Latin1("x"));
        Assert.Equal("x", Read(Id3v2(3, 0, Join(title, "TALB"u8.ToArray(), BigEndian(int.MaxValue), new byte[30]))).Title);
        Assert.Equal("x", Read(Id3v2(3, 0, Join(title, Junk(500)))).Title);
        Assert.Equal("x", Read(Id3v2(3, 0, Join(title, "TAL"u8.ToArray()))).Title);
        Assert.Equal("x", Read(Join("ID3"u8.ToArray(), [3, 0, 0], Synchsafe(200_000_000), title)).Title);
    }

    [Fact]
    public void A_written_tag_can_be_read_back_and_its_length_is_a_multiple_of_1024()
    {
        var tags = new SongTags
        {
            Title = Title,
            Artist = "Motörhead",
            Album = "夜",
            AlbumArtist = "Various",
            Track = 3,
            Disc = 2,
            Year = 1999,
            Genre = "Rock"
        };

        Assert.Equal(tags, Read(Id3v2Writer.Write(tags)));
        Assert.Equal(0, Id3v2Writer.Write(tags).Length % 1024);
        Assert.Equal(new string('x', 300), Read(Id3v2Writer.Write(new SongTags { Title = new string('x', 300) })).Title);
        Assert.Equal(1024, Id3v2Writer.Write(new SongTags()).Length);
    }

    [Theory]
    [InlineData("(17)", 99u)]
    [InlineData("((RX) x; (4)", 1u)]
    [InlineData("(", 9999u)]
    public void Genres_with_brackets_and_short_years_are_read_back_as_written(string genre, uint year)
    {
        var tags = new SongTags { Title = "x", Genre = genre, Year = year };
        Assert.Equal(tags, Read(Id3v2Writer.Write(tags)));
    }

    private SongTags Read(byte[] tag) => Assert.IsType<SongFile>(SongFile.Read(_folder.Write("song.mp3", Join(tag, Frames(5)))).Entry).Tags;
}
