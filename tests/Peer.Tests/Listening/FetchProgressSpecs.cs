using TspActors.Peer.Listening;
using TspActors.Peer.Tests.Material;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks the steps in which a fetch fills its sink. Only one step runs at a time.</summary>
public sealed class FetchProgressSpecs
{
    private readonly MemorySink _sink = new();
    private readonly FetchProgress _progress;

    public FetchProgressSpecs() => _progress = new FetchProgress(_sink, 100);

    [Fact]
    public void Pieces_are_written_one_after_another_and_then_the_receiver_continues_reading()
    {
        _progress.Add([new byte[] { 1 }, new byte[] { 2, 3 }]);

        Assert.Equal(103, _progress.Received);
        Assert.Equal([1], WrittenNext());
        Assert.Equal(SinkStepKind.Wait, _progress.NextStep().Kind);
        _progress.StepDone();
        Assert.Equal([2, 3], WrittenNext());
        _progress.StepDone();
        Assert.Equal(SinkStepKind.ReadOn, _progress.NextStep().Kind);
        Assert.Equal(SinkStepKind.Wait, _progress.NextStep().Kind);
    }

    [Fact]
    public void The_sink_is_completed_once_everything_is_written()
    {
        _progress.Add([new byte[] { 1 }]);
        _progress.AllArrived();

        Assert.Equal([1], WrittenNext());
        _progress.StepDone();
        Assert.Equal(SinkStepKind.Complete, _progress.NextStep().Kind);
        Assert.Equal(SinkStepKind.Wait, _progress.NextStep().Kind);
    }

    [Fact]
    public void Other_work_on_the_sink_comes_first()
    {
        _progress.BeginWork();
        _progress.Add([new byte[] { 1 }]);

        Assert.Equal(SinkStepKind.Wait, _progress.NextStep().Kind);
        _progress.StepDone();
        Assert.Equal([1], WrittenNext());
    }

    [Fact]
    public void A_seek_begins_the_next_epoch_with_an_idle_sink_and_no_bytes_from_the_old_position()
    {
        var other = new MemorySink();
        _progress.Add([new byte[] { 1 }, new byte[] { 2 }]);
        _progress.NextStep();
        _progress.AllArrived();
        Assert.Equal(default, _progress.Epoch);

        _progress.Seek(50, other);

        Assert.Equal((default(Epoch).Next(), 50L, false), (_progress.Epoch, _progress.Received, _progress.HasAllBytes));
        Assert.Same(other, _progress.Sink);
        Assert.Equal(SinkStepKind.Wait, _progress.NextStep().Kind);
        _progress.Add([new byte[] { 9 }]);
        Assert.Equal([9], WrittenNext());
    }

    [Fact]
    public void A_new_receiver_needs_no_ReadOn()
    {
        _progress.Add([new byte[] { 1 }]);
        WrittenNext();
        _progress.StepDone();

        _progress.ReceiverChanged();

        Assert.Equal(SinkStepKind.Wait, _progress.NextStep().Kind);
    }

    [Fact]
    public void Going_back_drops_unwritten_bytes_and_keeps_the_epoch()
    {
        _progress.Add([new byte[] { 1 }]);
        _progress.AllArrived();

        _progress.GoTo(10);

        Assert.Equal((default(Epoch), 10L, false), (_progress.Epoch, _progress.Received, _progress.HasAllBytes));
        Assert.Equal(SinkStepKind.Wait, _progress.NextStep().Kind);
    }

    private byte[] WrittenNext()
    {
        var step = _progress.NextStep();
        Assert.Equal(SinkStepKind.Write, step.Kind);
        return step.Piece.ToArray();
    }
}
