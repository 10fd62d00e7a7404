using FsCheck;
using FsCheck.Xunit;
using TspActors.Peer.Terminal;

namespace TspActors.Peer.Tests.Terminal;

/// <summary>Checks that text from others cannot take control of a terminal.</summary>
public sealed class SafeTextSpecs
{
    [Theory]
    [InlineData("Sal y canela – 夜 🎵", "Sal y canela – 夜 🎵")]
    [InlineData("a\e[2Jb", "a [2Jb")]
    [InlineData("a\r\nb\tc\0d\u0085e\u009bf\u007f", "a  b c d e f ")]
    [InlineData("a\u200Bb\u200Fc\u061Cd\uFEFFe\u2060f", "a b c d e f")]
    [InlineData("\U0001F468\u200D\U0001F469", "\U0001F468 \U0001F469")]
    [InlineData("a\U000E0041b", "a  b")]
    [InlineData("a\u2028b\u2029c\u202Ed\u2066e\u2069f", "a b c d e f")]
    public void Control_characters_and_invisible_characters_become_spaces(string text, string safe) =>
        Assert.Equal(safe, SafeText.Clean(text));

    [Property]
    public bool Nothing_unsafe_is_left_and_the_length_is_unchanged(NonNull<string> text)
    {
        var safe = SafeText.Clean(text.Get);
        return safe.Length == text.Get.Length && !safe.Any(char.IsControl) && SafeText.Clean(safe) == safe;
    }
}
