using TspActors.Media.Folders;
using TspActors.Media.Library;
using TspActors.Media.Tests.Material;

namespace TspActors.Media.Tests;

public sealed class MusicFolderSpecs : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<SkippedFile> _problems = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Finds_MP3_files_at_any_depth_with_any_case_of_the_extension_sorted_by_name()
    {
        Touch("b.mp3", "a.MP3", "sub/deep/c.Mp3", "sub/b.mp3", "notes.txt", "mp3", "x.mp3.part", "album.mp3/d.mp3");
        Assert.Equal(["a.MP3", "b.mp3", "album.mp3/d.mp3", "sub/b.mp3", "sub/deep/c.Mp3"], Find(""));
        Assert.Empty(_problems);
    }

    [Fact]
    public void Names_that_begin_with_a_dot_are_skipped()
    {
        Touch(".hidden.mp3", ".trash/a.mp3", "b.mp3", "...mp3");
        Assert.Equal(["b.mp3"], Find(""));
    }

    [Fact]
    public void A_folder_whose_name_a_Mac_has_written_is_excluded_and_the_names_of_others_stay_as_they_are()
    {
        Touch("Prive\u0301/a.mp3", "Cafe\u0301/b.mp3");
        File.WriteAllText(_folder.In(".tspignore"), "Priv\u00E9/");
        Assert.Equal(["Cafe\u0301/b.mp3"], Find(""));
    }

    [Fact]
    public void Overlapping_roots_yield_each_file_once()
    {
        Touch("rock/a.mp3", "rock/live/b.mp3", "c.mp3");
        Assert.Equal(["rock/a.mp3", "rock/live/b.mp3", "c.mp3"], Find("rock", "", "rock/live", "rock/"));
    }

    [Fact]
    public void Link_cycles_are_not_followed_forever_and_a_linked_folder_is_walked_once()
    {
        Touch("real/a.mp3", "other/b.mp3");
        Directory.CreateSymbolicLink(_folder.In("real", "up"), _folder.Path);
        Directory.CreateSymbolicLink(_folder.In("real", "self"), ".");
        Directory.CreateSymbolicLink(_folder.In("again"), _folder.In("other"));
        Directory.CreateSymbolicLink(_folder.In("loop"), _folder.In("loop"));
        Assert.Equal(["other/b.mp3", "real/a.mp3"], Find(""));
    }

    [Fact]
    public void A_link_to_a_folder_that_is_shared_anyway_is_not_followed()
    {
        Touch("music/zeta/a.mp3", "second/b.mp3", "away/c.mp3", "second/.tspignore", "second/hidden/d.mp3");
        File.WriteAllText(_folder.In("second", ".tspignore"), "hidden/");
        foreach (var (name, target) in new[] { ("1", "music/zeta"), ("2", "second"), ("3", "away"), ("4", "away"), ("5", "second/hidden") })
            Directory.CreateSymbolicLink(_folder.In("music", name), _folder.In(target));
        Assert.Equal(["music/3/c.mp3", "music/5/d.mp3", "music/zeta/a.mp3", "second/b.mp3"], Find("music", "second"));
        Assert.Equal(["music/zeta/a.mp3"], MusicFolder.EnumerateUnder([new MusicRoot(_folder.In("music"))], _folder.In("music/zeta"),
            _problems.Add)
            .Concat(MusicFolder.EnumerateUnder([new MusicRoot(_folder.In("music"))], _folder.In("music/1"), _problems.Add))
            .Select(found => Path.GetRelativePath(_folder.Path, found.Path)));
    }

    [Fact]
    public void A_root_may_be_a_link()
    {
        Touch("real/a.mp3");
        Directory.CreateSymbolicLink(_folder.In("link"), _folder.In("real"));
        Assert.Equal(["link/a.mp3"], Find("link", "real"));
    }

    [Fact]
    public void A_folder_that_cannot_be_listed_is_reported_and_the_rest_is_found()
    {
        Touch("good/a.mp3", "file");
        Assert.Equal(["good/a.mp3"], Find("missing", "file", "good"));
        Assert.Equal([_folder.In("missing"), _folder.In("file")], _problems.Select(problem => problem.Path));
        Assert.Equal(
            [(SkipReason.FolderMissing, "the folder does not exist"), (SkipReason.FolderMissing, "it is a file, not a folder")],
            _problems.Select(problem => (problem.Reason, problem.Text)));
    }

    [Fact]
    public void A_folder_that_the_user_may_not_list_is_reported()
    {
        Touch("good/a.mp3", "closed/b.mp3");
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
            return; // root can list every folder
        File.SetUnixFileMode(_folder.In("closed"), UnixFileMode.None);
        Assert.Equal(["good/a.mp3"], Find(""));
        Assert.Equal(SkipReason.FolderUnreadable, Assert.Single(_problems).Reason);
        File.SetUnixFileMode(_folder.In("closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public void The_walk_is_lazy_and_can_be_cancelled()
    {
        Touch("a/a.mp3", "b/b.mp3");
        using var cancellation = new CancellationTokenSource();
        using var files = MusicFolder.Enumerate([new MusicRoot(_folder.Path)], _problems.Add, cancellation.Token).GetEnumerator();
        Assert.True(files.MoveNext());
        cancellation.Cancel();
        Assert.Throws<OperationCanceledException>(() => files.MoveNext());
    }

    private void Touch(params string[] names)
    {
        foreach (var name in names)
            _folder.Write(name, [1]);
    }

    private string[] Find(params string[] roots) =>
        [.. MusicFolder.Enumerate([.. roots.Select(root => MusicRoot.Parse(_folder.In(root)))], _problems.Add)
            .Select(file => Path.GetRelativePath(_folder.Path, file.Path))];
}
