using System.Text.Json;
using TspActors.Media.Library;
using TspActors.Media.Tags;
using TspActors.Media.Tests.Material;

namespace TspActors.Media.Tests;

/// <summary>Writes tags of various versions with ffmpeg and lame, and checks that they are read as ffprobe reads them.</summary>
public sealed class TagMatrixSpecs : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NeedsFact("ffmpeg", "ffprobe:ffmpeg")]
    public void Tags_written_by_ffmpeg_are_read_as_ffprobe_reads_them()
    {
        var sound = Native.Wav(_folder, 0.5, 44_100, 1);
        foreach (var form in (string[])["-id3v2_version 3", "-id3v2_version 4", "-id3v2_version 4 -write_id3v1 1"])
        {
            foreach (var title in (string[])["Plain", "Ünïcödé", "音楽と🎵", "It's \"so\" (live) / 2"])
            {
                var path = _folder.In("song.mp3");
                Native.Run("ffmpeg", [
                    "-v", "error", "-y", "-i", sound, .. form.Split(' '), "-metadata", $"title={title}", "-metadata",
                    $"artist={title} band",
                    "-metadata", $"album={title} record", "-metadata", "album_artist=Various", "-metadata", "track=3/12", "-metadata",
                    "disc=2/2",
                    "-metadata", "date=1999", "-metadata", "genre=Jazz", path]);
                Compare(path, title);
            }
        }
    }

    [NeedsFact("lame", "ffmpeg", "ffprobe:ffmpeg")]
    public void Tags_written_by_lame_are_read_as_ffprobe_reads_them()
    {
        var sound = Native.Wav(_folder, 0.5, 44_100, 1);
        foreach (var form in (string[])["--id3v2-only", "--id3v1-only", "--id3v2-latin1 --id3v2-only", "--id3v2-utf16 --id3v2-only",
            "--add-id3v2"])
        {
            var path = _folder.In("song.mp3");
            Native.Run("lame", [
                "--quiet", .. form.Split(' '), "--tt", "Song", "--ta", "Band", "--tl", "Record", "--ty", "1984", "--tn", "5", "--tg",
                "Rock",
                sound, path]);
            Compare(path, "Song");
        }
    }

    internal static void Compare(string path, string title)
    {
        var tags = Assert.IsType<SongFile>(SongFile.Read(path).Entry).Tags;
        using var told = JsonDocument.Parse(Native.Run("ffprobe", "-v", "quiet", "-show_entries", "format_tags", "-of", "json", path));
        var expected = told.RootElement.GetProperty("format").GetProperty("tags").EnumerateObject()
            .ToDictionary(tag => tag.Name.ToLowerInvariant(), tag => tag.Value.GetString()!);
        string Told(string name) => expected.GetValueOrDefault(name, "");
        Assert.Equal(title, tags.Title);
        Assert.Equal(
            (Told("title"), Told("artist"), Told("album"), Told("album_artist"), Told("genre")),
            (tags.Title, tags.Artist, tags.Album, tags.AlbumArtist, tags.Genre));
        Assert.Equal(
            (TagText.LeadingNumber(Told("track")), TagText.LeadingNumber(Told("disc")), TagText.Year(Told("date"))),
            (tags.Track, tags.Disc, tags.Year));
    }
}
