using TspActors.Media.Folders;

namespace TspActors.Media.Tests;

public sealed class IgnorePatternsSpecs
{
    [Theory]
    [InlineData("*.part.mp3", "a/b/x.part.mp3", true)]
    [InlineData("*.part.mp3", "a/x.mp3", false)]
    [InlineData("/x.mp3", "x.mp3", true)]
    [InlineData("/x.mp3", "a/x.mp3", false)]
    [InlineData("a/x.mp3", "a/x.mp3", true)]
    [InlineData("a/x.mp3", "b/a/x.mp3", false)]
    [InlineData("**/live/*.mp3", "b/live/x.mp3", true)]
    [InlineData("**/live/*.mp3", "live/x.mp3", true)]
    [InlineData("a/**/x.mp3", "a/x.mp3", true)]
    [InlineData("a/**/x.mp3", "a/b/c/x.mp3", true)]
    [InlineData("a/**", "a/b/x.mp3", true)]
    [InlineData("a*b.mp3", "a/b.mp3", false)]
    [InlineData("?.mp3", "x.mp3", true)]
    [InlineData("?.mp3", "xy.mp3", false)]
    [InlineData("[a-c]*.mp3", "bx.mp3", true)]
    [InlineData("[!a-c]*.mp3", "bx.mp3", false)]
    [InlineData("[x.mp3", "[x.mp3", true)]
    [InlineData(@"\!x.mp3", "!x.mp3", true)]
    [InlineData("x.mp3  ", "x.mp3", true)]
    [InlineData("# x.mp3", "# x.mp3", false)]
    [InlineData("(x)+.mp3", "(x)+.mp3", true)]
    [InlineData("x.mp3/", "x.mp3", false)]
    public void A_pattern_matches_files_as_in_a_gitignore_file(string pattern, string path, bool fits) =>
        Assert.Equal(fits, IgnorePatterns.Parse([pattern]).Match(path, isFolder: false) == true);

    [Fact]
    public void The_last_matching_pattern_decides()
    {
        var patterns = IgnorePatterns.Parse(["*.mp3", "!keep*.mp3", "keep-not.mp3"]);
        Assert.Equal(
            [true, false, true], new[] { "x.mp3", "keep.mp3", "keep-not.mp3" }.Select(path => patterns.Match(path, isFolder: false)));
        Assert.Null(patterns.Match("x.txt", isFolder: false));
    }

    [Fact]
    public void A_pattern_with_a_trailing_slash_matches_only_folders_and_selects_the_files_in_them()
    {
        var patterns = IgnorePatterns.Parse(["live/"]);
        Assert.True(patterns.Match("a/live", isFolder: true));
        Assert.Null(patterns.Match("a/live", isFolder: false));
        Assert.True(patterns.SelectsFile("a/live/b/x.mp3"));
        Assert.False(patterns.SelectsFile("a/x.mp3"));
    }

    [Theory]
    [InlineData("Priv\u00E9/", "Prive\u0301", true)]
    [InlineData("Prive\u0301/", "Priv\u00E9", true)]
    [InlineData("Priv[\u00E9]/", "Prive\u0301", true)]
    [InlineData("Priv?/", "Prive\u0301", true)]
    [InlineData("Priv\u00E9/", "Prive", false)]
    [InlineData("ti\u1EBFng/", "tie\u0302\u0301ng", true)]
    [InlineData("\u30D0\u30C3\u30CF/", "\u30CF\u3099\u30C3\u30CF", true)]
    [InlineData("\uD55C\uAE00/", "\u1112\u1161\u11AB\u1100\u1173\u11AF", true)]
    public void An_accent_matches_as_a_part_of_its_letter_and_as_a_separate_character(string pattern, string path, bool matches) =>
        Assert.Equal(matches, IgnorePatterns.Parse([pattern]).Match(path, isFolder: true) == true);

    [Fact]
    public void A_pattern_of_many_stars_can_be_matched_against_a_long_name()
    {
        var patterns = IgnorePatterns.Parse([string.Concat(Enumerable.Repeat("*a", 40)) + "b"]);
        Assert.Null(patterns.Match(new string('a', 4000), isFolder: false));
    }

    [Fact]
    public void An_oversized_line_is_ignored()
    {
        var patterns = IgnorePatterns.Parse([string.Concat(Enumerable.Repeat("*a", 5_000))]);
        Assert.True(patterns.IsEmpty);
        Assert.Equal(1, patterns.IgnoredLines);
    }

    [Fact]
    public void A_line_of_spaces_is_not_a_pattern_however_long_it_is() =>
        Assert.Same(IgnorePatterns.None, IgnorePatterns.Parse([new string(' ', 50_000_000)]));

    [Fact]
    public void A_trailing_space_after_a_backslash_is_kept()
    {
        var patterns = IgnorePatterns.Parse([@"x\   "]);
        Assert.True(patterns.Match("x ", isFolder: false));
        Assert.Null(patterns.Match("x", isFolder: false));
    }

    [Fact]
    public void A_pattern_of_512_characters_does_not_match_a_short_name() =>
        Assert.False(IgnorePatterns.Parse([string.Concat(Enumerable.Repeat("?*a[b-z]", 64))]).Match("abc", isFolder: false) == true);

    [Fact]
    public void Empty_lines_and_comments_are_not_patterns() => Assert.True(IgnorePatterns.Parse(["", "  ", "#", "/", "!"]).IsEmpty);
}
