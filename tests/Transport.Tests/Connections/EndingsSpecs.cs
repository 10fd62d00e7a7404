using TspActors.Transport.Connections;

namespace TspActors.Transport.Tests.Connections;

public sealed class EndingsSpecs
{
    private static readonly ConnectionClosed Here = new(CloseReason.ClosedHere, "closed by this side");
    private static readonly ConnectionClosed Busy = new(CloseReason.GaveWay, "no room");

    [Theory]
    [InlineData(CloseReason.ClosedHere, true, CloseReason.ClosedByRemote)]
    [InlineData(CloseReason.ClosedHere, false, CloseReason.ClosedHere)]
    [InlineData(CloseReason.TimedOut, true, CloseReason.TimedOut)]
    public void A_close_after_the_end_of_the_input_counts_as_the_remote_ends(CloseReason reason, bool inputEnded, CloseReason expected) =>
        Assert.Equal(expected, Endings.Begin(new ConnectionClosed(reason, "a reason"), inputEnded).Reason);

    [Fact]
    public void A_close_that_takes_too_long_is_a_timeout_unless_there_was_a_worse_reason()
    {
        Assert.Equal(CloseReason.TimedOut, Endings.Overdue(Here).Reason);
        Assert.Equal(CloseReason.TimedOut, Endings.Overdue(Here with { Reason = CloseReason.ClosedByRemote }).Reason);
        Assert.Equal(Busy, Endings.Overdue(Busy));
    }

    [Fact]
    public void A_connection_whose_output_was_not_sent_completely_is_lost()
    {
        Assert.Equal(Here, Endings.Complete(Here, null, wasSent: true));
        Assert.Equal(CloseReason.Lost, Endings.Complete(Here, null, wasSent: false).Reason);
        Assert.Equal(Busy, Endings.Complete(Busy, "reset", wasSent: false));
        Assert.Equal("the connection was lost: reset", Endings.Complete(null, "reset", wasSent: true).Message);
    }
}
