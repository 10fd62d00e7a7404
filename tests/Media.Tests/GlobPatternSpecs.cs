using System.Text;
using System.Text.RegularExpressions;
using TspActors.Media.Folders;

namespace TspActors.Media.Tests;

public sealed class GlobPatternSpecs
{
    [Fact]
    public void Random_globs_match_like_equivalent_regular_expressions()
    {
        var random = new Random(20_261);
        string[] parts = ["a", "b", "c", "/", "*", "?", "**/", "/**", "**", "[ab]", "[!a]", "\\*", "."];
        for (var round = 0; round < 20_000; round++)
        {
            var glob = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => parts[random.Next(parts.Length)])).Trim('/');
            if (glob.Length == 0)
                continue;
            var isAnchored = random.Next(2) == 0;
            var pattern = new GlobPattern(glob, isAnchored, ignoresCase: false);
            var oracle = new Regex(
                $"^{(isAnchored ? "" : "(?:.*/)?")}{Translate(glob)}$(?!\\n)", RegexOptions.Singleline | RegexOptions.CultureInvariant);
            for (var path = 0; path < 10; path++)
            {
                var text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => "aabbc/*.\u00E4"[random.Next(9)]));
                Assert.True(oracle.IsMatch(text) == pattern.IsMatch(text), $"{glob} {isAnchored} {text}");
            }
        }
    }

    [Fact]
    public void A_glob_that_needs_several_machine_words_is_matched_correctly()
    {
        var glob = string.Concat(Enumerable.Repeat("[a-c]*?", 73));
        var pattern = new GlobPattern(glob, isAnchored: true, ignoresCase: false);
        Assert.True(pattern.IsMatch(string.Concat(Enumerable.Repeat("bx", 73))));
        Assert.False(pattern.IsMatch(string.Concat(Enumerable.Repeat("bx", 72)) + "b"));
        Assert.False(pattern.IsMatch(string.Concat(Enumerable.Repeat("bx", 73)) + "/"));
    }

    [Fact]
    public void Case_can_be_ignored()
    {
        var pattern = new GlobPattern("\u00E4[x-z].MP3", isAnchored: false, ignoresCase: true);
        Assert.True(pattern.IsMatch("A/\u00C4Y.mp3"));
        Assert.False(new GlobPattern("\u00E4[x-z].MP3", isAnchored: false, ignoresCase: false).IsMatch("A/\u00C4Y.mp3"));
    }

    // Translates a glob to the equivalent regular expression.
    private static string Translate(string glob)
    {
        var form = new StringBuilder();
        for (var at = 0; at < glob.Length; at++)
        {
            switch (glob[at])
            {
                case '*' when glob.AsSpan(at).StartsWith("**/") && (at == 0 || glob[at - 1] == '/'):
                    form.Append("(?:.*/)?");
                    at += 2;
                    break;
                case '*' when at > 0 && glob[at - 1] == '/' && glob.AsSpan(at) is "**":
                    form.Append(".+");
                    at++;
                    break;
                case '*':
                    form.Append("[^/]*");
                    break;
                case '?':
                    form.Append("[^/]");
                    break;
                case '[' when glob.AsSpan(at).StartsWith("[ab]"):
                    form.Append("[ab]");
                    at += 3;
                    break;
                case '[' when glob.AsSpan(at).StartsWith("[!a]"):
                    form.Append("[^/a]");
                    at += 3;
                    break;
                case '\\' when at + 1 < glob.Length:
                    form.Append(Regex.Escape(glob[++at].ToString()));
                    break;
                default:
                    form.Append(Regex.Escape(glob[at].ToString()));
                    break;
            }
        }

        return form.ToString();
    }
}
