using System.Text;
using TspActors.Media.Folders;
using TspActors.Media.Library;
using TspActors.Media.Tests.Material;

namespace TspActors.Media.Tests;

/// <summary>Checks that an untrusted .tspignore file costs little memory, and that the limits on such files are enforced.</summary>
public sealed class HostileIgnoreFileSpecs : IDisposable
{
    private const string AllOfA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    private readonly TempFolder _folder = new();
    private readonly List<SkippedFile> _problems = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_with_131_072_patterns_takes_little_memory_and_its_folder_is_not_shared()
    {
        Write("album/song.mp3", "x");
        Write("album/below/song.mp3", "x");
        Write("other.mp3", "x");
        Write("album/.tspignore", string.Concat(Enumerable.Repeat("x\n", 128 << 10)));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(["other.mp3"], Find());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
        Assert.Equal("the folder is not shared, because its .tspignore is longer than 65536 bytes", Assert.Single(_problems).Text);
    }

    [Fact]
    public void Patterns_beyond_the_limit_are_not_even_compiled()
    {
        Write("album/song.mp3", "x");
        Write("album/.tspignore", string.Concat(Enumerable.Repeat("x\n", 32 << 10)));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Empty(Find());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
        Assert.Equal("the folder is not shared, because its .tspignore has more than 1000 patterns", Assert.Single(_problems).Text);
    }

    [Fact]
    public void A_folder_with_1_001_patterns_is_not_shared_and_1_000_patterns_are_obeyed()
    {
        Write("a/song.mp3", "x");
        Write("a/.tspignore", string.Concat(Enumerable.Repeat("x.mp3\n", 1001)));
        Write("b/song.mp3", "x");
        Write("b/x.mp3", "x");
        Write("b/.tspignore", "# a comment\n" + string.Concat(Enumerable.Repeat("x.mp3\n", 1000)));

        Assert.Equal(["b/song.mp3"], Find());
        var problem = Assert.Single(_problems);
        Assert.Equal(_folder.In("a"), problem.Path);
        Assert.Equal("the folder is not shared, because its .tspignore has more than 1000 patterns", problem.Text);
    }

    [Fact]
    public void The_costliest_allowed_patterns_are_matched_with_little_memory()
    {
        // At the last character of each name, every star of every pattern can still match.
        Write(".tspignore", string.Concat(Enumerable.Repeat(string.Concat(Enumerable.Repeat("*a", 31)) + "b\n", 1000)));
        var names = Enumerable.Range(100, 20).Select(number => $"{AllOfA}{number}.mp3").ToArray();
        foreach (var name in names)
            Write(name, "x");
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(names, Find());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    [Fact]
    public void The_patterns_of_nested_folders_have_a_common_limit()
    {
        var path = "";
        for (var depth = 0; depth < 6; depth++)
        {
            Write($"{path}song.mp3", "x");
            Write($"{path}.tspignore", string.Concat(Enumerable.Repeat("x.mp3\n", 900)));
            path += "f/";
        }

        Assert.Equal(["song.mp3", "f/song.mp3", "f/f/song.mp3", "f/f/f/song.mp3"], Find());
        Assert.Equal(
            "the folder is not shared, because its .tspignore and those above it have too many patterns, or patterns that are too long in total", Assert.Single(_problems).Text);
    }

    [Fact]
    public void An_overlong_line_is_ignored_and_reported()
    {
        Write("song.mp3", "x");
        Write("x.mp3", "x");
        Write(".tspignore", $"x.mp3\n{new string('y', 600)}\n");

        Assert.Equal(["song.mp3"], Find());
        var problem = Assert.Single(_problems);
        Assert.Equal(_folder.In(".tspignore"), problem.Path);
        Assert.Equal("one line is ignored, because it is longer than 512 characters", problem.Text);
    }

    [Fact]
    public void A_tspignore_file_that_links_to_an_endless_device_has_no_patterns()
    {
        if (!File.Exists("/dev/zero"))
            return; // not a Unix system
        Write("song.mp3", "x");
        File.CreateSymbolicLink(_folder.In(".tspignore"), "/dev/zero");

        Assert.Equal(["song.mp3"], Find());
        Assert.Empty(_problems);
    }

    [Fact]
    public void The_limits_can_be_changed()
    {
        Write("song.mp3", "x");
        Write(".tspignore", "a\nb\nc\n");

        Assert.Empty(Find(new IgnoreLimits(Patterns: 2)));
        Assert.Equal(["song.mp3"], Find(new IgnoreLimits(Patterns: 3)));
        Assert.Empty(Find(new IgnoreLimits(FileBytes: 5)));
    }

    private void Write(string name, string text) => _folder.Write(name, Encoding.UTF8.GetBytes(text));

    private string[] Find(IgnoreLimits? limits = null)
    {
        var root = new MusicRoot(_folder.Path) { IgnoreLimits = limits ?? IgnoreLimits.Default };
        return [.. MusicFolder.Enumerate([root], _problems.Add).Select(file => Path.GetRelativePath(_folder.Path, file.Path))];
    }
}
