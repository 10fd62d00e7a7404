using System.Globalization;
using System.Text;

namespace TspActors.Protocol.Tests;

public sealed class VisibleTextSpecs
{
    [Theory]
    [InlineData("Plain title", "Plain title")]
    [InlineData("Sal y canela – 夜 🎵 Ünï", "Sal y canela – 夜 🎵 Ünï")]
    [InlineData("a\u200Bb\u200Cc\u200Dd\u2060e\uFEFFf\u00ADg", "abcdefg")]
    [InlineData("\u202Eevil\u202C \u2066x\u2069\u200E\u200F\u061C", "evil x")]
    [InlineData("a\0b\e[2Jc\u007fd\u0085e\u009bf", "ab[2Jcd ef")]
    [InlineData("one\r\ntwo\tthree\u2028four", "one  two three four")]
    [InlineData("\u115F\u1160\u3164\uFFA0\u034F\u180E", "")]
    [InlineData("heart \u2764\uFE0F", "heart \u2764")]
    [InlineData("\U0001F468\u200D\U0001F469\u200D\U0001F467", "\U0001F468\U0001F469\U0001F467")]
    [InlineData("tag\U000E0041\U000E007F", "tag")]
    [InlineData("last\uFFFF\uFDD0\U0010FFFF", "last")]
    [InlineData("a\u2800b", "a b")]
    [InlineData("", "")]
    public void Invisible_characters_are_removed_and_line_breaks_and_tabs_become_spaces(string text, string visible) =>
        Assert.Equal(visible, VisibleText.Clean(text));

    [Fact]
    public void Clean_text_is_not_copied()
    {
        var text = new string("Ärger 夜".ToCharArray());
        Assert.Same(text, VisibleText.Clean(text));
    }

    [Fact]
    public void All_control_and_format_characters_of_Unicode_are_removed()
    {
        var all = new StringBuilder();
        for (var value = 0; value <= 0x10FFFF; value++)
        {
            if (Rune.IsValid(value))
                all.Append(new Rune(value).ToString());
        }

        var left = VisibleText.Clean(all.ToString()).EnumerateRunes().Select(Rune.GetUnicodeCategory).ToHashSet();

        Assert.DoesNotContain(UnicodeCategory.Control, left);
        Assert.DoesNotContain(UnicodeCategory.Format, left);
        Assert.Contains(UnicodeCategory.OtherSymbol, left);
    }

    [Fact]
    public void A_lone_surrogate_is_kept() => Assert.Equal("a\uD83Db", VisibleText.Clean("a\uD83D\u200Bb"));

    [Fact]
    public void All_text_fields_of_tags_are_cleaned()
    {
        var tags = new SongTags { Title = "t\u200B", Artist = "a\u200B", Album = "l\u200B", AlbumArtist = "r\u200B", Genre = "g\u200B", Year = 3 };
        VisibleText.Clean(tags);
        Assert.Equal(new SongTags { Title = "t", Artist = "a", Album = "l", AlbumArtist = "r", Genre = "g", Year = 3 }, tags);
    }
}
