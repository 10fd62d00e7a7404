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
    public void A_pattern_fits_files_as_in_a_gitignore(string pattern, string path, bool fits) =>
        Assert.Equal(fits, IgnorePatterns.Parse([pattern]).Decide(path, isFolder: false) == true);

    [Fact]
    public void The_last_pattern_that_fits_decides()
    {
        var patterns = IgnorePatterns.Parse(["*.mp3", "!keep*.mp3", "keep-not.mp3"]);
        Assert.Equal([true, false, true], new[] { "x.mp3", "keep.mp3", "keep-not.mp3" }.Select(path => patterns.Decide(path, isFolder: false)));
        Assert.Null(patterns.Decide("x.txt", isFolder: false));
    }

    [Fact]
    public void A_pattern_with_a_slash_at_its_end_fits_folders_only_and_chooses_the_files_in_them()
    {
        var patterns = IgnorePatterns.Parse(["live/"]);
        Assert.True(patterns.Decide("a/live", isFolder: true));
        Assert.Null(patterns.Decide("a/live", isFolder: false));
        Assert.True(patterns.ChooseFile("a/live/b/x.mp3"));
        Assert.False(patterns.ChooseFile("a/x.mp3"));
    }

    [Fact]
    public void No_pattern_takes_long()
    {
        var patterns = IgnorePatterns.Parse([string.Concat(Enumerable.Repeat("*a", 40)) + "b"]);
        Assert.Null(patterns.Decide(new string('a', 4000), isFolder: false));
    }

    [Fact]
    public void A_line_without_measure_is_passed_over() =>
        Assert.True(IgnorePatterns.Parse([string.Concat(Enumerable.Repeat("*a", 5_000))]).IsEmpty);

    [Fact]
    public void The_longest_line_is_taken() =>
        Assert.False(IgnorePatterns.Parse([string.Concat(Enumerable.Repeat("?*a[b-z]", 64))]).Decide("abc", isFolder: false) == true);

    [Fact]
    public void Lines_that_say_nothing_are_no_patterns() => Assert.True(IgnorePatterns.Parse(["", "  ", "#", "/", "!"]).IsEmpty);
}
