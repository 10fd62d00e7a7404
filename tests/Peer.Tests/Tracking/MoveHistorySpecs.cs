using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>When REPLACED is taken for a tracker's error about this peer's own move.</summary>
public sealed class MoveHistorySpecs
{
    private static readonly TrackerAddress A = new("a", 7070);
    private static readonly TrackerAddress B = new("b", 7070);

    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch);
    private readonly MoveHistory _moves;

    public MoveHistorySpecs() => _moves = new MoveHistory(_time);

    [Fact]
    public void a_peer_that_was_nowhere_else_has_a_double()
    {
        Assert.False(_moves.Excuses(A));
        _moves.Left(A);
        Assert.False(_moves.Excuses(A));
    }

    [Fact]
    public void soon_after_a_move_it_is_excused_once()
    {
        _moves.Left(A);
        _time.Now += TimeSpan.FromSeconds(119);
        Assert.True(_moves.Excuses(B));

        _moves.Left(A);
        Assert.False(_moves.Excuses(B));
        _time.Now += TimeSpan.FromSeconds(119);
        Assert.False(_moves.Excuses(B));
    }

    [Fact]
    public void a_move_long_ago_excuses_nothing_and_a_later_one_does_again()
    {
        _moves.Left(A);
        Assert.True(_moves.Excuses(B));
        _time.Now += TimeSpan.FromSeconds(121);
        Assert.False(_moves.Excuses(B));

        _moves.Left(A);

        Assert.True(_moves.Excuses(B));
    }
}
