using TspActors.Media.Library;
using TspActors.Media.Tags;
using TspActors.Media.Tests.Material;
using TspActors.Protocol;
using static TspActors.Media.Tests.Material.TagBytes;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Media.Tests;

public sealed class OtherTagSpecs : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_ID3v1()
    {
        var expected = new SongTags { Title = "Söng", Artist = "Band", Album = "Record", Track = 7, Year = 1984, Genre = "Rock" };
        Assert.Equal(expected, Read([], Id3v1("Söng", "Band", "Record", "1984", 7, 17)));
    }

    [Fact]
    public void A_comment_in_ID3v1_is_not_read_as_a_track_number()
    {
        var tag = Id3v1("x");
        tag.AsSpan(97, 30).Fill((byte)'c');
        Assert.Equal(0u, Read([], tag).Track);
    }

    [Fact]
    public void The_ID3v1_extension_continues_long_texts()
    {
        var title = new string('a', 30) + "and more";
        var extension = new byte[227];
        "TAG+"u8.CopyTo(extension);
        "and more"u8.CopyTo(extension.AsSpan(4));
        "Not this"u8.CopyTo(extension.AsSpan(64));
        "Krautpop"u8.CopyTo(extension.AsSpan(185));
        var tags = Read([], Join(extension, Id3v1(title[..30], "Band", genre: 17)));
        Assert.Equal((title, "Band", "Krautpop"), (tags.Title, tags.Artist, tags.Genre));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Reads_APE(bool withHeader)
    {
        var ape = Ape(
            withHeader, ("TITLE", "音楽"), ("Artist", "One\0Two"), ("album", "Record"), ("Album Artist", "Various"), ("Track", "3/9"),
            ("Disc", "2"), ("Year", "2001-02-03"), ("Genre", "Jazz"));
        var expected = new SongTags
        {
            Title = "音楽",
            Artist = "One; Two",
            Album = "Record",
            AlbumArtist = "Various",
            Track = 3,
            Disc = 2,
            Year = 2001,
            Genre = "Jazz"
        };
        Assert.Equal(expected, Read([], ape));
        Assert.Equal(expected, Read([], Join(ape, Id3v1("old"))));
        if (withHeader)
            Assert.Equal(expected, Read(ape, []));
    }

    [Fact]
    public void ID3v2_takes_precedence_over_APE_and_APE_over_ID3v1()
    {
        var id3v2 = Id3v2(4, 0, Join(TagFrame(4, "TIT2", Latin1("two")), TagFrame(4, "TDRL", Latin1("2002"))));
        var appended = Id3v2(4, 0, Join(TagFrame(4, "TIT2", Latin1("behind")), TagFrame(4, "TPE2", Latin1("behind"))), withFooter: true);
        var ape = Ape(true, ("Title", "ape"), ("Artist", "ape"), ("Year", "2003"));
        var tags = Read(id3v2, Join(ape, appended, Id3v1("one", "one", "one", "2001")));
        Assert.Equal(("two", "ape", "one", "behind", 2002u), (tags.Title, tags.Artist, tags.Album, tags.AlbumArtist, tags.Year));
    }

    [Fact]
    public void A_song_without_a_title_is_titled_after_its_file()
    {
        Assert.Equal("01 - Söng.live", Read([], Id3v1("", "Band"), "01 - Söng.live.MP3").Title);
        Assert.Equal("Untitled", Read([], [], "\u0001.mp3").Title);
    }

    [Fact]
    public void ID3v1_in_UTF_8_is_read_as_UTF_8()
    {
        var tags = Read([], Utf8Id3v1("räksmörgås", "Björk", "サンプル"));
        Assert.Equal(("räksmörgås", "Björk", "サンプル"), (tags.Title, tags.Artist, tags.Album));
        // The end of a field may cut a character in two.
        var cut = Read([], Utf8Id3v1(new string('音', 11), "x" + new string('é', 20), "a" + new string('b', 28) + "é"));
        Assert.Equal((new string('音', 10), "x" + new string('é', 14)), (cut.Title, cut.Artist));
    }

    [Fact]
    public void The_ID3v1_extension_may_continue_in_the_middle_of_a_UTF_8_character()
    {
        var title = System.Text.Encoding.UTF8.GetBytes("a" + new string('é', 20));
        var extension = new byte[227];
        "TAG+"u8.CopyTo(extension);
        title.AsSpan(30).CopyTo(extension.AsSpan(4));
        var tag = Id3v1("");
        title.AsSpan(0, 30).CopyTo(tag.AsSpan(3));
        Assert.Equal("a" + new string('é', 20), Read([], Join(extension, tag)).Title);
    }

    [Theory]
    [InlineData("Ärger", "Jürgen")]
    [InlineData("Ã", "Â°")]
    public void ID3v1_in_Latin_1_is_read_as_Latin_1(string title, string artist)
    {
        // "Â°" is valid UTF-8 for a degree sign, which is the far more probable meaning.
        var tags = Read([], Id3v1(title, artist));
        Assert.Equal((title, artist == "Â°" ? "°" : artist), (tags.Title, tags.Artist));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_APE_tag_of_any_length_is_not_read_as_ID3v1(bool withHeader)
    {
        // The "TAG" in APETAGEX, or one in a text, is where an ID3v1 tag would begin.
        for (var length = 1; length < 200; length++)
        {
            var artist = "T03 TAG" + new string('x', length);
            var tags = Read([], Ape(withHeader, ("Title", "T03 ape"), ("Artist", artist)));
            Assert.Equal(("T03 ape", artist, ""), (tags.Title, tags.Artist, tags.Genre));
        }
    }

    [Fact]
    public void A_text_in_Lyrics3_is_not_read_as_ID3v1()
    {
        for (var length = 90; length < 130; length++)
            Assert.Equal("song", Read([], Lyrics3v2("TAG" + new string('x', length))).Title);
    }

    [Fact]
    public void Several_items_of_an_APE_list_are_kept()
    {
        var tags = Read([], Ape(
            true, ("Artist", "One"), ("Artist", "Two"), ("Genre", "Rock"), ("Genre", "Pop\0Rock"), ("Title", "a"), ("Title", "b")));
        Assert.Equal(("One; Two", "Rock; Pop", "a"), (tags.Artist, tags.Genre, tags.Title));
    }

    [Theory]
    [InlineData("\u200B")]
    [InlineData("\u3164")]
    [InlineData("\u2800 \u200E\uFEFF")]
    [InlineData("\U000E0041\U0010FFFF")]
    public void An_invisible_title_is_replaced_with_the_file_name(string title)
    {
        var tags = Read(Id3v2(4, 0, Join(TagFrame(4, "TIT2", Utf8(title)), TagFrame(4, "TPE1", Utf8("X" + title)))), []);
        Assert.Equal(("song", "X"), (tags.Title, tags.Artist));
        Assert.Equal("song", Read([], Ape(true, ("Title", title))).Title);
    }

    [NeedsFact("ffmpeg:ffmpeg", "ffprobe:ffmpeg")]
    public void Numbered_genres_match_those_of_ffprobe()
    {
        // Only every fourteenth genre, because each one needs a run of ffprobe.
        for (var number = 3; number < Genres.Count; number += 14)
        {
            var path = _folder.Write("genre.mp3", Join(Frames(5), Id3v1("x", genre: (byte)number)));
            var told = Native.Run("ffprobe", "-v", "quiet", "-show_entries", "format_tags=genre", "-of", "default=nw=1:nk=1", path).Trim();
            Assert.Equal(told, Genres.Name(number));
        }
    }

    private static byte[] Utf8Id3v1(string title, string artist, string album)
    {
        var tag = Id3v1("");
        foreach (var (text, at) in (ReadOnlySpan<(string, int)>)[(title, 3), (artist, 33), (album, 63)])
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(text);
            bytes.AsSpan(0, Math.Min(30, bytes.Length)).CopyTo(tag.AsSpan(at));
        }

        return tag;
    }

    private SongTags Read(byte[] before, byte[] after, string name = "song.mp3") =>
        Assert.IsType<SongFile>(SongFile.Read(_folder.Write(name, Join(before, Frames(5), after))).Entry).Tags;
}
