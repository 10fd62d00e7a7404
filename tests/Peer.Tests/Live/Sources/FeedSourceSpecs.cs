using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TspActors.Peer.Live.Sources;

namespace TspActors.Peer.Tests.Live.Sources;

/// <summary>Checks how the sources of feeds are parsed.</summary>
public sealed class FeedSourceSpecs
{
    [Fact]
    public void Every_kind_of_source_can_be_parsed()
    {
        Assert.Equal(new FeedSource.Station("Vinyl/"), Parse("station:Vinyl/"));
        Assert.Equal(new FeedSource.Station(""), Parse(" station: "));
        Assert.Equal(new FeedSource.Icecast(8001, "/live"), Parse("icecast:8001/live"));
        Assert.Equal(new FeedSource.Icecast(65535, "/a/b.mp3"), Parse("Icecast:65535/a/b.mp3"));
        Assert.Equal(new FeedSource.StandardInput(), Parse("-"));
        Assert.Equal(new FeedSource.Command("ffmpeg -i \"a b.flac\" -f mp3 -"), Parse("exec:ffmpeg -i \"a b.flac\" -f mp3 -"));
    }

    [Theory]
    [InlineData("", "there is no source")]
    [InlineData("radio", "\"radio\" is not a source")]
    [InlineData("http://music.example/", "is not a source")]
    [InlineData("exec:", "has no command")]
    [InlineData("icecast:8001", "has no mount point")]
    [InlineData("icecast:/live", "is not a port")]
    [InlineData("icecast:70000/live", "\"70000\" is not a port")]
    [InlineData("icecast:+1/live", "is not a port")]
    [InlineData("icecast:8001/", "is not a mount point")]
    [InlineData("icecast:8001/a b", "is not a mount point")]
    [InlineData("icecast:8001/admin/metadata", "is not a mount point")]
    [InlineData("exec:a\nb", "is not one line")]
    public void The_fault_of_an_invalid_source_is_explained(string text, string fault)
    {
        Assert.False(FeedSource.TryParse(text, out _, out var said));
        Assert.Contains(fault, said, StringComparison.Ordinal);
    }

    [Fact]
    public void The_name_of_a_feed_ends_at_the_first_equals_sign()
    {
        Assert.True(NamedSource.TryParse(" Anna's radio = exec:a=b", out var named, out _));
        Assert.Equal(new NamedSource("Anna's radio", new FeedSource.Command("a=b")), named);
    }

    // Trackers remove invisible characters, and compare the hash of the name with the feed's.
    [Fact]
    public void Invisible_characters_are_not_part_of_a_name()
    {
        Assert.True(NamedSource.TryParse("\u2615\ufe0f Ana\u200d \u2764\ufe0f=-", out var named, out _));
        Assert.Equal("\u2615 Ana \u2764", named.Name);
    }

    [Theory]
    [InlineData("\u200b=-")]
    [InlineData("station:Vinyl")]
    [InlineData("=-")]
    [InlineData(" =-")]
    [InlineData("a\tb=-")]
    public void A_feed_without_a_valid_name_is_refused(string text) => Assert.False(NamedSource.TryParse(text, out _, out _));

    [Property]
    public Property No_text_breaks_the_parser() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonNull<string>>(), text => NamedSource.TryParse(text.Get, out _, out var fault) == (fault.Length == 0));

    private static FeedSource Parse(string text)
    {
        Assert.True(FeedSource.TryParse(text, out var source, out var fault), fault);
        return source;
    }
}
