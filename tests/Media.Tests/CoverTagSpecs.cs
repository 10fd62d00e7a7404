using System.Security.Cryptography;
using System.Text;
using TspActors.Media.Covers;
using TspActors.Media.Library;
using TspActors.Media.Tags;
using TspActors.Media.Tests.Material;
using TspActors.Protocol;
using static TspActors.Media.Tests.Material.TagBytes;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Media.Tests;

/// <summary>Checks how covers in the tags of files are read.</summary>
public sealed class CoverTagSpecs : IDisposable
{
    private const byte Front = 3;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_front_cover_is_found_in_every_version_along_with_the_texts(int version)
    {
        var picture = Jpeg(50_000);
        var song = Read(Id3v2(version, 0, Join(
            Picture(version, 4, Jpeg(900, seed: 2)), Picture(version, 0, Png(800)), Picture(version, Front, picture),
            TagFrame(version, version == 2 ? "TT2" : "TIT2", Latin1("Title")))));

        Assert.Equal("Title", song.Tags.Title);
        Assert.Equal(SHA256.HashData(picture), song.Tags.Cover.ToByteArray());
        var cover = CoverReader.Read(song.Path, HashOf(song));
        Assert.Equal(picture, cover!.Bytes.ToArray());
        Assert.Equal("image/jpeg", cover.MediaType);
    }

    [Fact]
    public void A_picture_of_no_particular_type_is_the_cover_if_there_is_no_front_cover()
    {
        var picture = Png(2_000);

        Assert.Equal(SHA256.HashData(picture), Read(Id3v2(3, 0, Picture(3, 0, picture))).Tags.Cover.ToByteArray());
    }

    [Theory]
    [InlineData(0, "a description")]
    [InlineData(1, "описание")]
    [InlineData(2, "описание")]
    [InlineData(3, "описание")]
    public void A_description_in_any_encoding_is_skipped(byte encoding, string description)
    {
        byte[] text = encoding switch
        {
            0 => [.. Encoding.Latin1.GetBytes(description), 0],
            1 => [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(description), 0, 0],
            2 => [.. Encoding.BigEndianUnicode.GetBytes(description), 0, 0],
            _ => [.. Encoding.UTF8.GetBytes(description), 0],
        };
        var picture = Jpeg(3_000);

        var song = Read(Id3v2(4, 0, TagFrame(4, "APIC", [encoding, .. "image/jpeg"u8, 0, Front, .. text, .. picture])));

        Assert.Equal(SHA256.HashData(picture), song.Tags.Cover.ToByteArray());
    }

    [Fact]
    public void A_description_that_ends_too_early_does_not_hide_the_picture()
    {
        var picture = Jpeg(3_000);

        var song = Read(Id3v2(3, 0, TagFrame(3, "APIC", [1, .. "image/jpeg"u8, 0, Front, 0xFF, 0xFE, 0, .. picture])));

        Assert.Equal(SHA256.HashData(picture), song.Tags.Cover.ToByteArray());
    }

    [Fact]
    public void The_zeros_of_unsynchronisation_are_removed_from_the_picture()
    {
        byte[] picture = [.. Jpeg(500), 0xFF, 0, 0xFF, 0xE0, .. new byte[100]];
        var frame = Unsynchronise(Picture(3, Front, picture), from: 10);

        var song = Read(Id3v2(3, 0x80, frame));

        Assert.Equal(SHA256.HashData(picture), song.Tags.Cover.ToByteArray());
    }

    [Fact]
    public void Bytes_that_are_not_a_picture_or_are_too_long_are_not_a_cover()
    {
        byte[][] frames =
        [
            TagFrame(3, "APIC", [0, .. "-->"u8, 0, Front, 0, .. Encoding.ASCII.GetBytes("http://example.com/cover.jpg and much more than that")]),
            Picture(3, Front, [.. "<svg onload=alert(1)>"u8, .. new byte[100]]),
            Picture(3, Front, Jpeg(CoverImage.MaxBytes + 1)),
            Picture(3, Front, [0xFF, 0xD8, 0xFF]),
            TagFrame(3, "APIC", [0]),
            TagFrame(3, "APIC", [.. "\0image/jpeg"u8]),
        ];

        Assert.All(frames, frame => Assert.True(
            Read(Id3v2(3, 0, Join(frame, TagFrame(3, "TIT2", Latin1("Title"))))).Tags is { Cover.IsEmpty: true, Title: "Title" }));
    }

    [Fact]
    public void The_longest_cover_is_read()
    {
        var picture = Jpeg(CoverImage.MaxBytes);

        Assert.Equal(SHA256.HashData(picture), Read(Id3v2(4, 0, Picture(4, Front, picture))).Tags.Cover.ToByteArray());
    }

    [Fact]
    public void A_written_cover_is_read_back()
    {
        var cover = CoverImage.TryCreate(Png(70_000))!;

        var tags = Read(Id3v2Writer.Write(new SongTags { Title = "Title", Artist = "Artist" }, cover)).Tags;

        Assert.Equal(("Title", "Artist", cover.Hash), (tags.Title, tags.Artist, new ContentHash(tags.Cover.Span)));
    }

    [Fact]
    public void A_cover_that_is_no_longer_in_the_file_is_not_returned()
    {
        var song = Read(Id3v2(4, 0, Picture(4, Front, Jpeg(1_000))));
        var wanted = HashOf(song);
        File.WriteAllBytes(song.Path, Join(Id3v2(4, 0, Picture(4, Front, Jpeg(1_000, seed: 2))), Frames(5)));

        Assert.Null(CoverReader.Read(song.Path, wanted));
        File.Delete(song.Path);
        Assert.Null(CoverReader.Read(song.Path, wanted));
    }

    internal static byte[] Jpeg(int length, int seed = 1) => Start(length, seed, [0xFF, 0xD8, 0xFF, 0xE0]);

    internal static byte[] Png(int length, int seed = 1) => Start(length, seed, [0x89, .. "PNG\r\n\u001a\n"u8]);

    private static byte[] Start(int length, int seed, byte[] start)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        start.CopyTo(bytes, 0);
        return bytes;
    }

    private static byte[] Picture(int version, byte type, byte[] picture) => version == 2
        ? TagFrame(2, "PIC", [0, .. "JPG"u8, type, 0, .. picture])
        : TagFrame(version, "APIC", [0, .. "image/jpeg"u8, 0, type, 0, .. picture]);

    private static byte[] Unsynchronise(byte[] frame, int from)
    {
        var bytes = new List<byte>(frame[..from]);
        for (var at = from; at < frame.Length; at++)
        {
            bytes.Add(frame[at]);
            if (frame[at] == 0xFF && (at + 1 == frame.Length || frame[at + 1] is 0 or >= 0xE0))
                bytes.Add(0);
        }

        return [.. bytes];
    }

    private static ContentHash HashOf(SongFile song) => new(song.Tags.Cover.Span);

    private SongFile Read(byte[] tag) => Assert.IsType<SongFile>(SongFile.Read(_folder.Write("song.mp3", Join(tag, Frames(5)))).Entry);
}
