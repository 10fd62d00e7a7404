using TspActors.Transport.Sessions;

namespace TspActors.Transport.Tests.Sessions;

public sealed class ReadGateSpecs
{
    [Fact]
    public void An_open_gate_lets_a_session_serve_read_and_end()
    {
        var gate = default(ReadGate);

        Assert.Equal((true, true, true), (gate.MayServe, gate.MayRead, gate.MayEnd));
    }

    [Theory]
    [InlineData(HoldReasons.Reply, false, false)]
    [InlineData(HoldReasons.Turn, false, true)]
    [InlineData(HoldReasons.Pause, false, true)]
    [InlineData(HoldReasons.Unsent, true, false)]
    [InlineData(HoldReasons.Backlog, false, true)]
    [InlineData(HoldReasons.Closing, false, false)]
    public void Every_reason_stops_reading_and_some_also_stop_serving_or_ending(HoldReasons reason, bool mayServe, bool mayEnd)
    {
        var gate = default(ReadGate).Hold(reason);

        Assert.Equal((mayServe, false, mayEnd), (gate.MayServe, gate.MayRead, gate.MayEnd));
        Assert.True(gate.IsHeldFor(reason));
    }

    [Fact]
    public void A_gate_held_for_two_reasons_opens_when_both_are_released()
    {
        var gate = default(ReadGate).Hold(HoldReasons.Pause).Hold(HoldReasons.Reply).Hold(HoldReasons.Pause);

        gate = gate.Release(HoldReasons.Pause);
        Assert.False(gate.MayServe);
        Assert.False(gate.IsHeldFor(HoldReasons.Pause));

        Assert.Equal(default, gate.Release(HoldReasons.Reply));
    }
}
