using TspActors.Peer.Library;

namespace TspActors.Peer.Tests.Library;

/// <summary>Checks how pending scans and changed paths are combined.</summary>
public sealed class LibraryBacklogSpecs
{
    private readonly LibraryBacklog _backlog = new(maxPaths: 3);

    [Fact]
    public void A_new_backlog_is_empty() => Assert.Null(_backlog.Dequeue());

    [Fact]
    public void Paths_that_arrive_together_are_checked_together()
    {
        _backlog.AddPaths(["a", "b"]);
        _backlog.AddPaths(["b", "c"]);

        Assert.True(_backlog.Dequeue() is { IsScan: false, Paths.Count: 3 });
        Assert.Null(_backlog.Dequeue());
    }

    [Fact]
    public void Too_many_paths_are_replaced_by_a_scan()
    {
        _backlog.AddPaths(["a", "b", "c", "d"]);

        Assert.True(_backlog.Dequeue() is { IsScan: true, IsSweep: false, Paths.Count: 0 });
    }

    [Fact]
    public void A_pending_scan_covers_paths_added_before_and_after_it()
    {
        _backlog.AddPaths(["a"]);
        _backlog.AddScan();
        _backlog.AddPaths(["b"]);

        Assert.True(_backlog.Dequeue() is { IsScan: true, Paths.Count: 0 });
        Assert.Null(_backlog.Dequeue());
    }

    [Fact]
    public void A_sweep_is_a_scan_that_nobody_requested()
    {
        _backlog.AddSweep();
        Assert.True(_backlog.Dequeue() is { IsScan: true, IsSweep: true });

        _backlog.AddScan();
        _backlog.AddSweep();

        Assert.True(_backlog.Dequeue() is { IsScan: true, IsSweep: false });
    }

    [Fact]
    public void A_waiting_sweep_stays_a_sweep_after_a_second_sweep_but_not_after_a_requested_scan()
    {
        _backlog.AddSweep();
        _backlog.AddSweep();
        Assert.True(_backlog.Dequeue() is { IsScan: true, IsSweep: true });

        _backlog.AddSweep();
        _backlog.AddScan();

        Assert.True(_backlog.Dequeue() is { IsScan: true, IsSweep: false });
    }
}
