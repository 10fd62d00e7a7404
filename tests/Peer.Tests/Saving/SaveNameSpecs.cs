using System.Text;
using FsCheck;
using FsCheck.Xunit;
using TspActors.Peer.Saving;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Saving;

/// <summary>Checks file names made from the tags of untrusted songs.</summary>
public sealed class SaveNameSpecs
{
    [Theory]
    [InlineData("Bob", "Snowmelt Waltz", "Bob - Snowmelt Waltz")]
    [InlineData("", "Snowmelt Waltz", "Snowmelt Waltz")]
    [InlineData("Bob", "", "Bob")]
    [InlineData("", "", "song 7")]
    [InlineData("AC/DC", "../../etc/passwd", "AC_DC - .._.._etc_passwd")]
    [InlineData("", "/etc/passwd", "_etc_passwd")]
    [InlineData("", "..\\..\\boot", "_.._boot")]
    [InlineData("", "C:\\Windows", "C__Windows")]
    [InlineData("", ".bashrc", "bashrc")]
    [InlineData("", "--rf", "rf")]
    [InlineData("", " - . - x", "x")]
    [InlineData("", "..", "song 7")]
    [InlineData("", "???", "song 7")]
    [InlineData("", "!!!", "!!!")]
    [InlineData("", "con", "_con")]
    [InlineData("", "CON.live", "_CON.live")]
    [InlineData("", "Com¹ .x", "_Com¹ .x")]
    [InlineData("", "Console", "Console")]
    [InlineData("", "ends with a dot. .", "ends with a dot")]
    [InlineData("", "a\0b\r\nc\u202Ed\u200Be", "a b  c d e")]
    [InlineData("夜の列車", "提灯の庭", "夜の列車 - 提灯の庭")]
    public void The_artist_and_the_title_become_a_safe_file_name(string artist, string title, string name) =>
        Assert.Equal(name, SaveName.FromSong(new Song { Id = 7, Tags = new SongTags { Artist = artist, Title = title } }));

    [Property(MaxTest = 1_000)]
    public void Any_text_yields_a_safe_name(string? text) => AssertSafe(SaveName.FromText(text ?? "", "song 7"));

    [Theory]
    [InlineData("x", 5_000)]
    [InlineData("提", 5_000)]
    [InlineData("🎵", 5_000)]
    [InlineData("e\u0301\u0301\u0301\u0301", 5_000)]
    [InlineData("\uFFFE\uFFFF\uD800", 3)]
    public void A_long_or_malformed_text_also_yields_a_safe_name(string text, int times) =>
        AssertSafe(SaveName.FromText(string.Concat(Enumerable.Repeat(text, times)), "song 7"));

    private static void AssertSafe(string name)
    {
        Assert.InRange(Encoding.UTF8.GetByteCount(name), 1, 181);
        Assert.Equal(name, Path.GetFileName(name));
        Assert.True(name.IndexOfAny(['/', '\\', ':', '*', '?', '"', '<', '>', '|']) < 0, name);
        Assert.DoesNotContain(name, char.IsControl);
        Assert.False(name[0] is '.' or '-' or ' ', name);
        Assert.False(name[^1] is '.' or ' ', name);
    }
}
