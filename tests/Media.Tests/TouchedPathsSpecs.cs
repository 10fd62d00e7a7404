using TspActors.Media.Folders;

namespace TspActors.Media.Tests;

public sealed class TouchedPathsSpecs
{
    private readonly ManualClock _clock = new();
    private readonly TouchedPaths _touched;

    public TouchedPathsSpecs() => _touched = new TouchedPaths(TimeSpan.FromSeconds(1), maxPending: 3, _clock);

    [Fact]
    public void A_path_waits_until_it_has_been_quiet_for_a_while()
    {
        Assert.True(_touched.Touch("a"));
        Assert.False(_touched.Touch("b"));
        _clock.Pass(TimeSpan.FromSeconds(0.9));
        _touched.Touch("b");
        _clock.Pass(TimeSpan.FromSeconds(0.1));
        Take(["a"], hasMore: true);
        _clock.Pass(TimeSpan.FromSeconds(0.9));
        Take(["b"], hasMore: false);
        Take([], hasMore: false);
    }

    [Fact]
    public void A_file_that_is_written_to_constantly_is_never_quiet()
    {
        for (var round = 0; round < 50; round++)
        {
            _touched.Touch("a");
            _clock.Pass(TimeSpan.FromSeconds(0.5));
            Take([], hasMore: true);
        }

        _clock.Pass(TimeSpan.FromSeconds(0.5));
        Take(["a"], hasMore: false);
    }

    [Fact]
    public void Too_many_pending_paths_lead_to_a_full_scan()
    {
        foreach (var path in (string[])["a", "b", "c", "d", "e"])
            _touched.Touch(path);
        var batch = _touched.DequeueQuiet();
        Assert.Equal((0, true, false), (batch.Paths.Count, batch.Everything, batch.HasMore));
        Assert.True(_touched.Touch("f"));
        Assert.False(_touched.DequeueQuiet().Everything);
    }

    [Fact]
    public void Lost_events_lead_to_a_full_scan()
    {
        Assert.True(_touched.TouchEverything());
        Assert.False(_touched.TouchEverything());
        Assert.True(_touched.DequeueQuiet().Everything);
    }

    private void Take(string[] paths, bool hasMore)
    {
        var batch = _touched.DequeueQuiet();
        Assert.Equal(paths, batch.Paths);
        Assert.Equal((false, hasMore), (batch.Everything, batch.HasMore));
    }
}
