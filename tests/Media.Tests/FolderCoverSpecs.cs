using Microsoft.Data.Sqlite;
using TspActors.Media.Covers;
using TspActors.Media.Folders;
using TspActors.Media.Library;
using TspActors.Media.Tests.Material;
using TspActors.Protocol;
using static TspActors.Media.Tests.CoverTagSpecs;
using static TspActors.Media.Tests.Material.TagBytes;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Media.Tests;

/// <summary>Checks covers in the folders of songs, and how the library follows changes to them.</summary>
public sealed class FolderCoverSpecs : IDisposable
{
    private readonly TempFolder _folder = new();
    private LibraryIndex _index;
    private int _filesRead;

    public FolderCoverSpecs() => _index = LibraryIndex.Open(_folder.In("library.db"), out _);

    public void Dispose()
    {
        _index.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("cover.jpg")]
    [InlineData("Cover.JPG")]
    [InlineData("folder.jpeg")]
    [InlineData("FRONT.png")]
    public void A_picture_beside_the_songs_is_their_cover(string name)
    {
        var picture = Write($"music/album/{name}", Jpeg(5_000));
        Song("music/album/a.mp3", 1);
        Song("music/album/b.mp3", 2);
        Song("music/other/c.mp3", 3);

        var library = Scan();

        Assert.Equal([picture, picture, null], Covers(library));
        var song = library.Songs.Values.First(found => found.Path.EndsWith("a.mp3", StringComparison.Ordinal));
        Assert.Equal(Jpeg(5_000), CoverReader.Read(song.Path, picture)!.Bytes.ToArray());
    }

    [Fact]
    public void The_picture_in_the_tag_takes_precedence_and_cover_over_folder()
    {
        var inTag = CoverImage.TryCreate(Jpeg(2_000))!.Hash;
        Write("music/folder.jpg", Jpeg(3_000));
        var beside = Write("music/cover.png", Png(4_000));
        _folder.Write("music/a.mp3", Join(
            Id3v2(3, 0, TagFrame(3, "APIC", [0, .. "image/jpeg"u8, 0, 3, 0, .. Jpeg(2_000)])), Frames(30, seed: 1)));
        Song("music/b.mp3", 2);

        Assert.Equal([inTag, beside], Covers(Scan()));
    }

    [Fact]
    public void A_picture_that_is_too_long_does_not_hide_another()
    {
        _folder.Write("music/cover.jpg", Jpeg(CoverImage.MaxBytes + 1));
        var shown = Write("music/folder.jpg", Jpeg(3_000));
        Song("music/a.mp3", 1);
        var library = Scan();
        Assert.Equal([shown], Covers(library));

        library.ScanPaths([Song("music/b.mp3", 2)]);

        Assert.Equal([shown, shown], Covers(library));
    }

    [Fact]
    public void A_picture_that_comes_changes_or_goes_changes_the_covers_without_reading_the_songs_again()
    {
        Song("music/a.mp3", 1);
        var library = Scan();
        Assert.Equal([null], Covers(library));

        var first = Write("music/cover.jpg", Jpeg(5_000));
        Assert.Equal([first], Covers(Again(library)));
        var second = Write("music/cover.jpg", Jpeg(6_000, seed: 2));
        Assert.Equal([second], Covers(Again(library)));
        Assert.Equal([second], Covers(Scan()));
        Assert.Equal(0, _filesRead);
        File.Delete(_folder.In("music", "cover.jpg"));
        Assert.Equal([null], Covers(Again(library)));
        Assert.Equal([null], Covers(Scan()));
        Assert.Equal(0, _filesRead);
    }

    [Fact]
    public void A_scan_of_the_folder_alone_finds_its_new_picture()
    {
        Song("music/album/a.mp3", 1);
        Song("music/album/b.mp3", 2);
        var library = Scan();
        var picture = Write("music/album/cover.jpg", Jpeg(5_000));
        var changed = new List<LibraryChanges>();

        library.ScanPaths([_folder.In("music", "album")], observer: new ScanObserver { Changed = changed.Add });

        Assert.Equal([picture, picture], Covers(library));
        Assert.Equal(2, Assert.Single(changed).Served.Count);
    }

    [Fact]
    public void A_scan_of_one_file_sees_the_picture_beside_it()
    {
        var picture = Write("music/cover.jpg", Jpeg(5_000));
        Directory.CreateDirectory(_folder.In("music"));
        var library = Scan();

        library.ScanPaths([Song("music/new.mp3", 1)]);

        Assert.Equal([picture], Covers(library));
    }

    [Fact]
    public void A_hidden_or_excluded_picture_is_not_shown()
    {
        Write("music/.cover.jpg", Jpeg(5_000));
        Write("music/cover.jpg", Jpeg(6_000));
        _folder.Write("music/.tspignore", "*.jpg\n"u8.ToArray());
        Song("music/a.mp3", 1);

        var library = Scan();
        Assert.Equal([null], Covers(library));

        library.ScanPaths([Song("music/b.mp3", 2)]);
        Assert.Equal([null, null], Covers(library));
    }

    [Fact]
    public void A_picture_that_could_not_be_read_is_tried_again()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
            return;
        var picture = Write("music/cover.jpg", Jpeg(5_000));
        Song("music/a.mp3", 1);
        File.SetUnixFileMode(_folder.In("music", "cover.jpg"), UnixFileMode.None);
        Assert.Equal([null], Covers(Scan()));

        File.SetUnixFileMode(_folder.In("music", "cover.jpg"), UnixFileMode.UserRead);

        Assert.Equal([picture], Covers(Scan()));
    }

    [Fact]
    public void A_file_that_is_not_a_picture_or_is_too_long_is_not_a_cover()
    {
        Song("music/a/a.mp3", 1);
        _folder.Write("music/a/cover.jpg", "<svg onload=alert(1)></svg> and some more text"u8.ToArray());
        Song("music/b/b.mp3", 2);
        _folder.Write("music/b/cover.jpg", Jpeg(CoverImage.MaxBytes + 1));
        Song("music/c/c.mp3", 3);
        Directory.CreateDirectory(_folder.In("music", "c", "cover.jpg"));
        Song("music/d/d.mp3", 4);
        _folder.Write("music/d/cover.jpg", []);

        Assert.Equal([null, null, null, null], Covers(Scan()));
    }

    [Fact]
    public void An_index_of_an_older_version_gets_its_covers_without_reading_the_songs_again()
    {
        var inTag = CoverImage.TryCreate(Jpeg(2_000))!.Hash;
        _folder.Write("music/a.mp3", Join(
            Id3v2(3, 0, TagFrame(3, "APIC", [0, .. "image/jpeg"u8, 0, 3, 0, .. Jpeg(2_000)])), Frames(30, seed: 1)));
        var beside = Write("music/cover.png", Png(4_000));
        Song("music/b.mp3", 2);
        Scan();
        _index.Dispose();
        using (var database = new SqliteConnection($"Data Source={_folder.In("library.db")};Pooling=False"))
        {
            database.Open();
            using var command = database.CreateCommand();
            command.CommandText =
                "ALTER TABLE files DROP COLUMN cover; UPDATE files SET tags = x'0a0154'; PRAGMA user_version = 5";
            command.ExecuteNonQuery();
        }

        _index = LibraryIndex.Open(_folder.In("library.db"), out var notice);
        Assert.Null(notice);
        Assert.Equal([inTag, beside], Covers(Scan()));
        Assert.Equal(0, _filesRead);
    }

    [Fact]
    public void A_moved_song_gets_the_cover_of_its_new_folder()
    {
        var path = Song("music/a/a.mp3", 1);
        var picture = Write("music/b/cover.jpg", Jpeg(5_000));
        Scan();
        File.Move(path, _folder.In("music", "b", "a.mp3"));

        Assert.Equal([picture], Covers(Scan()));
    }

    private string Song(string path, int seed) => _folder.Write(path, Frames(30, seed: seed));

    private ContentHash Write(string path, byte[] picture)
    {
        _folder.Write(path, picture);
        return CoverImage.TryCreate(picture)!.Hash;
    }

    // The covers of all songs, in the order of their paths.
    private static IReadOnlyList<ContentHash?> Covers(MusicLibrary library) =>
    [
        .. library.Songs.Values.OrderBy(song => song.Path, StringComparer.Ordinal)
            .Select(song => song.Tags.Cover.IsEmpty ? (ContentHash?)null : new ContentHash(song.Tags.Cover.Span)),
    ];

    private MusicLibrary Again(MusicLibrary library)
    {
        _filesRead = library.Scan().FilesRead;
        return library;
    }

    private MusicLibrary Scan() => Again(new MusicLibrary([new MusicRoot(_folder.In("music"))], _index));
}
