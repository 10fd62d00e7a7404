using TspActors.Media.Library;
using TspActors.Media.Tests.Material;
using TspActors.Protocol;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Media.Tests;

/// <summary>Compares the tags that are read with those that TagLibSharp writes and reads, over a generated matrix.</summary>
public sealed class TagLibSpecs : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tags_written_by_TagLibSharp_are_read()
    {
        foreach (var (kind, version) in (ReadOnlySpan<(TagLib.TagTypes, byte)>)
            [(TagLib.TagTypes.Id3v2, 2), (TagLib.TagTypes.Id3v2, 3), (TagLib.TagTypes.Id3v2, 4), (TagLib.TagTypes.Ape, 0)])
        {
            foreach (var title in GeneratedTags.Titles)
            {
                foreach (var picture in (ReadOnlySpan<int>)[0, 100, 70_000])
                {
                    var path = _folder.Write("song.mp3", Frames(5));
                    string[] artists = version is 2 or 3 ? [title + " band"] : [title + " band", "Guest"];
                    using (var file = Open(path))
                    {
                        file.RemoveTags(TagLib.TagTypes.AllTags);
                        var tag = file.GetTag(kind, create: true);
                        if (tag is TagLib.Id3v2.Tag id3)
                            id3.Version = version;
                        (tag.Title, tag.Performers, tag.Album, tag.AlbumArtists) = (title, artists, title + " record", ["Various"]);
                        (tag.Track, tag.TrackCount, tag.Disc, tag.Year, tag.Genres) = (3, 12, 2, 1999, ["Rock"]);
                        if (picture > 0)
                            tag.Pictures = [new TagLib.Picture(new TagLib.ByteVector(Junk(picture)))];
                        file.Save();
                    }

                    Assert.Equal(Expected(title, string.Join("; ", artists)), Read(path));
                }
            }
        }
    }

    [Fact]
    public void Generated_tags_are_read_as_TagLibSharp_reads_them()
    {
        var count = 0;
        foreach (var bytes in GeneratedTags.Files())
        {
            Compare(_folder.Write("song.mp3", bytes));
            count++;
        }

        Assert.True(count > 150, $"only {count} files");
    }

    private static SongTags Expected(string title, string artist) => new()
    {
        Title = title,
        Artist = artist,
        Album = title + " record",
        AlbumArtist = "Various",
        Track = 3,
        Disc = 2,
        Year = 1999,
        Genre = "Rock",
    };

    private static void Compare(string path)
    {
        using var file = Open(path);
        var told = file.Tag;
        var tags = Read(path);
        Assert.Equal(
            (told.Title, Joined(told.Performers), told.Album ?? "", Joined(told.AlbumArtists), Joined(told.Genres)),
            (tags.Title, tags.Artist, tags.Album, tags.AlbumArtist, tags.Genre));
        Assert.Equal((told.Track, told.Disc, told.Year), (tags.Track, tags.Disc, tags.Year));
    }

    private static string Joined(string[] values) => string.Join("; ", values);

    private static TagLib.File Open(string path) => TagLib.File.Create(path, "taglib/mp3", TagLib.ReadStyle.None);

    private static SongTags Read(string path) => Assert.IsType<SongFile>(SongFile.Read(path).Entry).Tags;
}
