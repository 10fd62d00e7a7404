using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks when REPLACED is treated as a tracker's mistake caused by this peer's own move.</summary>
public sealed class MoveHistorySpecs
{
    private static readonly TrackerAddress A = new("a", 7070);
    private static readonly TrackerAddress B = new("b", 7070);

    private readonly ManualClock _time = new(DateTimeOffset.UnixEpoch);
    private readonly MoveHistory _moves;

    public MoveHistorySpecs() => _moves = new MoveHistory(_time);

    [Fact]
    public void Without_a_move_from_another_tracker_REPLACED_means_a_duplicate_peer()
    {
        Assert.False(_moves.Excuses(A));
        _moves.Left(A);
        Assert.False(_moves.Excuses(A));
    }

    [Fact]
    public void REPLACED_is_excused_once_soon_after_a_move()
    {
        _moves.Left(A);
        _time.Pass(TimeSpan.FromSeconds(119));
        Assert.True(_moves.Excuses(B));

        _moves.Left(A);
        Assert.False(_moves.Excuses(B));
        _time.Pass(TimeSpan.FromSeconds(119));
        Assert.False(_moves.Excuses(B));
    }

    [Fact]
    public void An_old_move_no_longer_excuses_REPLACED_but_a_new_one_does()
    {
        _moves.Left(A);
        Assert.True(_moves.Excuses(B));
        _time.Pass(TimeSpan.FromSeconds(121));
        Assert.False(_moves.Excuses(B));

        _moves.Left(A);

        Assert.True(_moves.Excuses(B));
    }
}
