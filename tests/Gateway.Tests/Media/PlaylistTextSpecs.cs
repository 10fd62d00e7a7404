using System.Text;
using TspActors.Gateway.Media;

namespace TspActors.Gateway.Tests.Media;

public class PlaylistTextSpecs
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_tag_cannot_add_a_line(bool isPls)
    {
        var (text, list) = (new StringBuilder(), new PlaylistText(isPls));
        list.Begin(text, "n\nhttp://evil/1");
        list.Add(text, "a\r\nhttp://evil/2", "t\u2028File9=http://evil/3", 227_000, "http://good/song/x.mp3");
        list.End(text);
        Assert.DoesNotContain(text.ToString().Split('\n'), line =>
            line.StartsWith("http://evil", StringComparison.Ordinal) || line.StartsWith("File9", StringComparison.Ordinal));
    }

    [Fact]
    public void An_entry_has_its_seconds_and_its_address()
    {
        var (text, list) = (new StringBuilder(), new PlaylistText(false));
        list.Begin(text, "Name");
        list.Add(text, "Artist", "#Title", 226_700, "http://h/song/x.mp3");
        list.End(text);
        Assert.Equal("#EXTM3U\n#PLAYLIST:Name\n#EXTINF:227,Artist - Title\nhttp://h/song/x.mp3\n", text.ToString());
    }
}
