using TspActors.Media.Folders;
using TspActors.Media.Tests.Material;

namespace TspActors.Media.Tests;

/// <summary>Checks how changes in real folders are reported, with the operating system's own notifications.</summary>
public sealed class FolderWatchSpecs : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly HashSet<string> _seen = [];
    private readonly List<string> _unwatched = [];
    private readonly SemaphoreSlim _woken = new(0);
    private readonly TouchedPaths _touched = new(TimeSpan.Zero, 1000, TimeProvider.System);
    private readonly FolderWatch _watch;

    public FolderWatchSpecs()
    {
        Directory.CreateDirectory(_folder.In("music", "old"));
        _folder.Write("music/old/a.mp3", [1]);
        _watch = Watch("music");
        _watch.Renew();
    }

    public void Dispose()
    {
        _watch.Dispose();
        _woken.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task New_changed_moved_and_deleted_files_are_reported()
    {
        _folder.Write("music/new.mp3", [1]);
        await WaitForReport("new.mp3");
        _folder.Write("music/old/a.mp3", [1, 2]);
        await WaitForReport("old/a.mp3");
        File.Move(_folder.In("music", "new.mp3"), _folder.In("music", "old", "moved.mp3"));
        await WaitForReport("new.mp3", "old/moved.mp3");
        File.Delete(_folder.In("music", "old", "moved.mp3"));
        await WaitForReport("old/moved.mp3");
        Assert.True(_watch.IsComplete);
        Assert.Empty(_unwatched);
    }

    [Fact]
    public async Task New_moved_and_deleted_folders_are_reported()
    {
        _folder.Write("outside/deep/b.mp3", [1]);
        Directory.Move(_folder.In("outside"), _folder.In("music", "inside"));
        await WaitForReport("inside");
        _folder.Write("music/inside/deep/c.mp3", [1]);
        await WaitForReport("inside/deep/c.mp3");
        Directory.Move(_folder.In("music", "inside"), _folder.In("music", "renamed"));
        await WaitForReport("inside", "renamed");
        Directory.Delete(_folder.In("music", "renamed"), recursive: true);
        await WaitForReport("renamed");
    }

    [Fact]
    public async Task Writing_a_tspignore_file_reports_its_folder_and_other_non_MP3_files_are_ignored()
    {
        _folder.Write("music/cover.jpg", [1]);
        _folder.Write("music/old/.tspignore", "a.mp3"u8.ToArray());
        _folder.Write("music/last.mp3", [1]);
        await WaitForReport("old", "last.mp3");
        Assert.DoesNotContain(_folder.In("music", "cover.jpg"), _seen);
    }

    [Fact]
    public void A_missing_folder_is_reported_only_once_and_is_watched_at_the_first_renewal_after_it_appears()
    {
        using var watch = Watch("missing");
        watch.Renew();
        watch.Renew();
        Assert.Equal([$"{_folder.In("missing")}: it does not exist"], _unwatched);
        Assert.False(watch.IsComplete);
        Directory.CreateDirectory(_folder.In("missing"));
        watch.Renew();
        Assert.True(watch.IsComplete);
    }

    [Fact]
    public void A_file_in_place_of_a_folder_is_reported_as_such()
    {
        _folder.Write("plain", [1]);
        using var watch = Watch("plain");
        watch.Renew();
        Assert.Equal([$"{_folder.In("plain")}: it is a file, not a folder"], _unwatched);
    }

    [Fact]
    public async Task A_folder_that_was_replaced_is_watched_again_when_the_watch_is_renewed()
    {
        Directory.Move(_folder.In("music"), _folder.In("away"));
        _folder.Write("music/b.mp3", [1]);
        _watch.Renew();
        _folder.Write("music/c.mp3", [1]);
        await WaitForReport("c.mp3");
    }

    [Fact]
    public void Of_the_errors_at_the_start_of_a_watch_only_a_reached_limit_leaves_the_folder_unwatched()
    {
        Exception? error = new IOException("no space left", 28);
        using var watch = new FolderWatch(
            [new MusicRoot(_folder.In("music"))], _touched, () => _woken.Release(), (root, reason) => _unwatched.Add($"{root}: {reason}"))
        {
            Create = root => new LimitedWatcher(root),
            Start = watcher => ((LimitedWatcher)watcher).Begin(error),
        };
        watch.Renew();
        Assert.True(_touched.DequeueQuiet().Everything);
        watch.Renew();
        // If every renewal asked for a full scan, each scan would trigger the next one.
        Assert.False(_touched.DequeueQuiet().Everything);
        Assert.StartsWith($"{_folder.In("music")}: ", Assert.Single(_unwatched), StringComparison.Ordinal);
        Assert.False(watch.IsComplete);
        error = null;
        watch.Renew();
        Assert.True(watch.IsComplete);
        error = new InternalBufferOverflowException();
        watch.Renew();
        Assert.True(_touched.DequeueQuiet().Everything);
        Assert.True(watch.IsComplete);
        error = new UnauthorizedAccessException("lost+found");
        watch.Renew();
        Assert.False(_touched.DequeueQuiet().Everything);
        Assert.True(watch.IsComplete);
        Assert.Single(_unwatched);
    }

    [Fact]
    public void A_root_never_has_two_watchers_because_both_count_towards_the_limit()
    {
        var live = new List<FileSystemWatcher>();
        using var watch = new FolderWatch([new MusicRoot(_folder.In("music"))], _touched, () => _woken.Release(), (_, _) => { })
        {
            Create = root =>
            {
                Assert.Empty(live);
                var watcher = new FileSystemWatcher(root);
                watcher.Disposed += (_, _) => live.Remove(watcher);
                live.Add(watcher);
                return watcher;
            },
        };
        watch.Renew();
        watch.Renew();
        Assert.Single(live);
        Assert.True(watch.IsComplete);
    }

    private FolderWatch Watch(string name) =>
        new([new MusicRoot(_folder.In(name))], _touched, () => _woken.Release(), (root, reason) => _unwatched.Add($"{root}: {reason}"));

    private async Task WaitForReport(params string[] names)
    {
        string[] expected = [.. names.Select(name => _folder.In("music", name))];
        using var deadline = new CancellationTokenSource(Deadline);
        while (!_seen.IsSupersetOf(expected))
        {
            await _woken.WaitAsync(deadline.Token);
            _seen.UnionWith(_touched.DequeueQuiet().Paths);
        }

        _seen.ExceptWith(expected);
    }

    private sealed class LimitedWatcher(string root) : FileSystemWatcher(root)
    {
        public void Begin(Exception? error)
        {
            EnableRaisingEvents = true;
            if (error is not null)
                OnError(new ErrorEventArgs(error));
        }
    }
}
