using TspActors.Media.Folders;
using TspActors.Media.Library;
using TspActors.Media.Tests.Material;

namespace TspActors.Media.Tests;

/// <summary>Checks which files in music folders are shared, depending on names, patterns, .tspignore files and overlaps.</summary>
public sealed class MusicRootSpecs : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<SkippedFile> _problems = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("/srv/music", "/srv/music", "")]
    [InlineData("/srv/music/", "/srv/music", "")]
    [InlineData("Server=/srv/music", "/srv/music", "Server")]
    [InlineData("/srv/a=/b", "/srv/a=/b", "")]
    [InlineData("=/srv", "/=/srv", "")]
    public void A_root_may_have_a_name(string text, string path, string name)
    {
        if (OperatingSystem.IsWindows())
            return; // These are Unix paths.
        var root = MusicRoot.Parse(text);
        Assert.Equal(name, root.Name);
        Assert.EndsWith(path, root.Path, StringComparison.Ordinal);
        Assert.Equal(name.Length > 0 ? name : root.Path, root.Label);
    }

    [Fact]
    public void Excluded_files_and_folders_are_skipped()
    {
        Touch("a.mp3", "b.part.mp3", "podcasts/c.mp3", "sub/podcasts/d.mp3", "sub/e.mp3");
        Assert.Equal(["a.mp3", "sub/e.mp3"], Find(Root("") with { Exclude = IgnorePatterns.Parse(["podcasts/", "*.part.mp3"]) }));
    }

    [Fact]
    public void Include_patterns_exclude_all_other_files()
    {
        Touch("a.mp3", "shared/b.mp3", "shared/sub/c.mp3", "x/d.live.mp3");
        var root = Root("") with { Include = IgnorePatterns.Parse(["/shared/", "*.live.mp3"]) };
        Assert.Equal(["shared/b.mp3", "shared/sub/c.mp3", "x/d.live.mp3"], Find(root));
    }

    [Fact]
    public void A_tspignore_file_applies_to_its_folder_and_everything_below()
    {
        Touch("a.mp3", "sub/a.mp3", "sub/b.mp3", "sub/deep/a.mp3", "sub/deep/keep/a.mp3", "sub/out/b.mp3");
        Write("sub/.tspignore", "# not these\na.mp3\n/out/\n");
        Write("sub/deep/keep/.tspignore", "!a.mp3");
        Assert.Equal(["a.mp3", "sub/b.mp3", "sub/deep/keep/a.mp3"], Find(Root("")));
    }

    [Fact]
    public void A_folder_whose_tspignore_file_is_too_long_is_not_shared()
    {
        Touch("a.mp3", "sub/b.mp3");
        _folder.Write("sub/.tspignore", new byte[300 << 10]);
        Assert.Equal(["a.mp3"], Find(Root("")));
        Assert.Equal(SkipReason.FolderUnreadable, Assert.Single(_problems).Reason);
    }

    [Fact]
    public void Overlapping_roots_each_follow_their_own_patterns_and_share_no_file_twice()
    {
        Touch("a.mp3", "sub/b.mp3", "sub/c.mp3");
        var all = Root("") with { Exclude = IgnorePatterns.Parse(["sub/b.mp3"]) };
        Assert.Equal(["a.mp3", "sub/c.mp3", "sub/b.mp3"], Find(all, Root("sub")));
    }

    [Fact]
    public void A_subfolder_is_enumerated_by_the_same_rules_as_the_whole_root()
    {
        Touch("a.mp3", "sub/b.mp3", "sub/c.mp3", "sub/deep/d.mp3", ".hidden/e.mp3");
        Write("sub/.tspignore", "c.mp3");
        Assert.Equal(["sub/b.mp3", "sub/deep/d.mp3"], Under("sub"));
        Assert.Equal(["sub/deep/d.mp3"], Under("sub/deep"));
        Assert.Equal(["a.mp3"], Under("a.mp3"));
        Assert.Empty(Under("sub/c.mp3"));
        Assert.Empty(Under("gone.mp3"));
        Assert.Empty(Under(".hidden"));
        Assert.Empty(MusicFolder.EnumerateUnder([Root("sub")], _folder.In("a.mp3"), _problems.Add));
    }

    private void Touch(params string[] names)
    {
        foreach (var name in names)
            _folder.Write(name, [1]);
    }

    private void Write(string name, string text) => _folder.Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    private MusicRoot Root(string name) => MusicRoot.Parse(_folder.In(name));

    private string[] Find(params MusicRoot[] roots) => Names(MusicFolder.Enumerate(roots, _problems.Add));

    private string[] Under(string name) => Names(MusicFolder.EnumerateUnder([Root("")], _folder.In(name), _problems.Add));

    private string[] Names(IEnumerable<FoundFile> files) => [.. files.Select(file => Path.GetRelativePath(_folder.Path, file.Path))];
}
