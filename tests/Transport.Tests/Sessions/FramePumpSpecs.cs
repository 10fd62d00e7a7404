using TspActors.Protocol;
using TspActors.Transport.Sessions;

namespace TspActors.Transport.Tests.Sessions;

public sealed class FramePumpSpecs
{
    private readonly FramePump _pump = new();

    [Fact]
    public void Frames_are_served_in_order_of_arrival()
    {
        _pump.Enqueue([Frame(1), Frame(2)]);
        _pump.Enqueue([Frame(3)]);

        Assert.Equal([1, 2, 3], Serve());
        Assert.False(_pump.HasFrames);
    }

    [Fact]
    public void The_session_reads_more_when_all_frames_have_been_served()
    {
        Assert.Equal(PumpStep.ReadMore, _pump.NextStep());
        Assert.Equal(PumpStep.ReadMore, _pump.NextStep(isBusy: true));
    }

    [Fact]
    public void Nothing_is_served_or_read_while_a_reply_is_awaited()
    {
        _pump.Enqueue([Frame(1), Frame(2)]);
        Assert.True(_pump.TryDequeue(out _));
        _pump.Hold(HoldReasons.Reply);

        Assert.Empty(Serve());
        Assert.False(_pump.TryPeek(out _));
        Assert.True(_pump.HasFrames);
        Assert.Equal(PumpStep.Wait, _pump.NextStep());

        _pump.Release(HoldReasons.Reply);
        Assert.Equal([2], Serve());
        Assert.Equal(PumpStep.ReadMore, _pump.NextStep());
    }

    [Fact]
    public void While_replies_are_unsent_queued_frames_are_served_but_no_more_are_read()
    {
        _pump.Enqueue([Frame(1)]);
        _pump.Hold(HoldReasons.Unsent);

        Assert.Equal([1], Serve());
        Assert.Equal(PumpStep.Wait, _pump.NextStep());
    }

    [Fact]
    public void A_peeked_frame_stays_queued_and_the_frame_after_a_served_one_can_be_checked()
    {
        _pump.Enqueue([Frame(1), Frame(2, Operation.Play)]);
        Assert.True(_pump.TryPeek(out var first));
        Assert.Equal(1, first.SongId);

        Assert.True(_pump.TryDequeue(out first));

        Assert.Equal(1, first.SongId);
        Assert.True(_pump.IsFollowedBy(Operation.Play));
        Assert.False(_pump.IsFollowedBy(Operation.Ping));
    }

    [Fact]
    public void After_the_end_of_input_the_queued_frames_are_served_and_then_the_connection_closes()
    {
        _pump.Enqueue([Frame(1)]);
        _pump.EndInput();
        Assert.Equal(PumpStep.Wait, _pump.NextStep());

        Assert.Equal([1], Serve());

        Assert.Equal(PumpStep.Close, _pump.NextStep());
    }

    [Fact]
    public void A_busy_session_does_not_end_and_reads_only_until_the_end_of_input()
    {
        _pump.Drain();
        Assert.Equal(PumpStep.ReadMore, _pump.NextStep(isBusy: true));

        _pump.EndInput();

        Assert.Equal(PumpStep.Wait, _pump.NextStep(isBusy: true));
        Assert.Equal(PumpStep.Close, _pump.NextStep());
    }

    [Theory]
    [InlineData(HoldReasons.Reply, PumpStep.Wait)]
    [InlineData(HoldReasons.Unsent, PumpStep.Wait)]
    [InlineData(HoldReasons.Pause, PumpStep.Close)]
    [InlineData(HoldReasons.Backlog, PumpStep.Close)]
    public void A_draining_session_waits_for_a_reply_and_for_unsent_replies_but_not_for_the_end_of_a_pause_or_a_backlog(
        HoldReasons reason, PumpStep step)
    {
        _pump.Drain();
        _pump.Hold(reason);

        Assert.Equal(step, _pump.NextStep());
    }

    [Fact]
    public void Draining_after_the_end_of_input_does_not_read_again()
    {
        _pump.EndInput();
        _pump.Drain();

        Assert.Equal(PumpStep.Wait, _pump.NextStep(isBusy: true));
    }

    [Fact]
    public void A_closing_session_drops_its_queued_frames_and_does_nothing_more()
    {
        _pump.Enqueue([Frame(1)]);
        _pump.EndInput();

        _pump.Close();

        Assert.Empty(Serve());
        Assert.False(_pump.HasFrames);
        Assert.Equal(PumpStep.Wait, _pump.NextStep());
    }

    private static Frame Frame(int id, Operation operation = Operation.Ping) => new(operation, id, false, default);

    private List<int> Serve()
    {
        var served = new List<int>();
        while (_pump.TryDequeue(out var frame))
            served.Add(frame.SongId);
        return served;
    }
}
