using FsCheck;
using FsCheck.Xunit;
using TspActors.Peer.Saving;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Saving;

/// <summary>Checks the file names that patterns produce from the tags of a remote peer's song.</summary>
public sealed class SavePatternSpecs
{
    private static readonly Song Whole = new()
    {
        Id = 7,
        Tags = new SongTags
        {
            Title = "Heart of Hearts",
            Artist = "!!!",
            Album = "Myth/Takes",
            AlbumArtist = "Various",
            Track = 3,
            Disc = 2,
            Year = 2007,
            Genre = "Dance",
        },
    };

    [Theory]
    [InlineData("{artist} - {title}", "!!! - Heart of Hearts")]
    [InlineData("{artist}/{album}/{track} {title}", "!!!|Myth_Takes|03 Heart of Hearts")]
    [InlineData("{ALBUMARTIST}/{year} {album} ({genre})/{disc}-{track}. {title}.mp3", "Various|2007 Myth_Takes (Dance)|2-03. Heart of Hearts")]
    [InlineData("songs of {artist}/{id}", "songs of !!!|7")]
    public void Fields_stand_for_tags_and_slashes_for_folders(string pattern, string names) => Assert.Equal(names, Names(pattern, Whole));

    [Theory]
    [InlineData("{artist} - {title}", "Moon")]
    [InlineData("{track} {title}", "Moon")]
    [InlineData("{track}. {artist} - {title}", "Moon")]
    [InlineData("{title} ({year})", "Moon")]
    [InlineData("{artist}/{album}/{title}", "unknown artist|unknown album|Moon")]
    [InlineData("{albumartist}/{track}", "unknown albumartist|song 8")]
    public void The_text_next_to_an_empty_tag_is_left_out(string pattern, string names) =>
        Assert.Equal(names, Names(pattern, new Song { Id = 8, Tags = new SongTags { Title = "Moon" } }));

    [Theory]
    [InlineData("{artist}/{titel}", "{titel}")]
    [InlineData("{artist", "has no }")]
    [InlineData("artist}", "has no {")]
    [InlineData("", "empty")]
    [InlineData("/{title}", "empty")]
    [InlineData("../{title}", "dots")]
    [InlineData("{artist}/. ./{title}", "dots")]
    [InlineData("a/b/c/d/e/f/g/h/i/{title}", "more than 8 folders")]
    public void An_invalid_pattern_is_refused_with_the_reason(string pattern, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => SavePattern.Parse(pattern)).Message, StringComparison.Ordinal);

    [Property]
    public bool No_tag_leads_out_of_the_folder(NonNull<string> artist, NonNull<string> album, NonNull<string> title)
    {
        var song = new Song { Id = 1, Tags = new SongTags { Artist = artist.Get, Album = album.Get, Title = title.Get } };
        var (folders, name) = SavePattern.Parse("{artist}/.{album}/{title}").NamesOf(song);
        return folders.Append(name).All(each =>
            each.Length > 0 && each[0] is not ('.' or ' ') && !each.AsSpan().ContainsAny('/', '\\', '\0')
                && Path.GetFileName(each) == each);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../../etc")]
    [InlineData("/etc")]
    [InlineData("con")]
    public void Tags_that_are_paths_become_plain_names(string artist)
    {
        var (folders, _) = SavePattern.Parse("{artist}/{title}").NamesOf(new Song { Id = 1, Tags = new SongTags { Artist = artist } });

        var folder = Path.GetFullPath(Path.Combine("/music", Assert.Single(folders)));

        Assert.Equal("/music", Path.GetDirectoryName(folder));
        Assert.NotEqual("con", Assert.Single(folders));
    }

    private static string Names(string pattern, Song song)
    {
        var (folders, name) = SavePattern.Parse(pattern).NamesOf(song);
        return string.Join('|', folders.Append(name));
    }
}
