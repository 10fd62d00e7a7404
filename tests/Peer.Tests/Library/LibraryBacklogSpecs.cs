using TspActors.Peer.Library;

namespace TspActors.Peer.Tests.Library;

/// <summary>Which work on the library comes next.</summary>
public sealed class LibraryBacklogSpecs
{
    private readonly LibraryBacklog _backlog = new(maxPaths: 3);

    [Fact]
    public void Nothing_waits_at_first() => Assert.Null(_backlog.Dequeue());

    [Fact]
    public void Paths_that_arrive_together_are_checked_together()
    {
        _backlog.AddPaths(["a", "b"]);
        _backlog.AddPaths(["b", "c"]);

        Assert.True(_backlog.Dequeue() is { IsScan: false, Paths.Count: 3 });
        Assert.Null(_backlog.Dequeue());
    }

    [Fact]
    public void Too_many_paths_become_a_scan()
    {
        _backlog.AddPaths(["a", "b", "c", "d"]);

        Assert.True(_backlog.Dequeue() is { IsScan: true, IsSweep: false, Paths.Count: 0 });
    }

    [Fact]
    public void A_scan_covers_the_paths_before_and_after_it()
    {
        _backlog.AddPaths(["a"]);
        _backlog.AddScan();
        _backlog.AddPaths(["b"]);

        Assert.True(_backlog.Dequeue() is { IsScan: true, Paths.Count: 0 });
        Assert.Null(_backlog.Dequeue());
    }

    [Fact]
    public void A_sweep_is_a_scan_without_an_asker()
    {
        _backlog.AddSweep();
        Assert.True(_backlog.Dequeue() is { IsScan: true, IsSweep: true });

        _backlog.AddScan();
        _backlog.AddSweep();

        Assert.True(_backlog.Dequeue() is { IsScan: true, IsSweep: false });
    }
}
