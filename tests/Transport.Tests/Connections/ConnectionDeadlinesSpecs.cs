using TspActors.Transport.Connections;

namespace TspActors.Transport.Tests.Connections;

public sealed class ConnectionDeadlinesSpecs
{
    private static readonly TransportSettings Settings = new()
    {
        FirstFrameTimeout = Seconds(5),
        IdleTimeout = Seconds(60),
        StalledWriterTimeout = Seconds(30),
        CloseTimeout = Seconds(3),
    };

    private readonly ConnectionDeadlines _incoming = new(Settings, incoming: true);
    private readonly ConnectionDeadlines _outgoing = new(Settings, incoming: false);

    [Fact]
    public void No_deadline_runs_before_the_first_read() => Assert.Null(_incoming.Next);

    [Fact]
    public void Bytes_of_an_unfinished_frame_do_not_extend_the_first_frame_deadline()
    {
        _incoming.ReadStarted(Seconds(1));
        _incoming.Heard(Seconds(5), frames: false);
        ExpectNext(_incoming, 6, Due.FirstFrame);
    }

    [Fact]
    public void After_a_frame_the_idle_time_starts_with_the_next_read()
    {
        _incoming.ReadStarted(Seconds(0));
        _incoming.Heard(Seconds(1), frames: true);
        Assert.Null(_incoming.Next);
        _incoming.ReadStarted(Seconds(100));
        ExpectNext(_incoming, 160, Due.Idle);
    }

    [Fact]
    public void Bytes_of_an_unfinished_frame_do_not_extend_the_idle_deadline()
    {
        ReceiveFrame(_incoming, at: 10);
        _incoming.Heard(Seconds(50), frames: false);
        ExpectNext(_incoming, 70, Due.Idle);
    }

    [Fact]
    public void A_remote_end_that_reads_what_is_written_is_not_idle()
    {
        ReceiveFrame(_incoming, at: 0);
        _incoming.Wrote(Seconds(50));
        _incoming.Accepted(Seconds(70), allAccepted: false);
        ExpectNext(_incoming, 100, Due.StalledWriter);
        _incoming.Accepted(Seconds(90), allAccepted: true);
        ExpectNext(_incoming, 150, Due.Idle);
    }

    [Fact]
    public void An_outgoing_link_without_a_heartbeat_is_never_idle()
    {
        ReceiveFrame(_outgoing, at: 0);
        Assert.Null(_outgoing.Next);
    }

    [Fact]
    public void A_heartbeat_pings_twice_and_then_gives_up()
    {
        _outgoing.KeepAlive(Seconds(0), Seconds(10));
        _outgoing.ReadStarted(Seconds(0));
        ExpectNext(_outgoing, 10, Due.Ping);
        ExpectNext(_outgoing, 20, Due.Ping);
        ExpectNext(_outgoing, 30, Due.Silent);
    }

    [Fact]
    public void Any_byte_is_a_sign_of_life_to_a_heartbeat()
    {
        _outgoing.KeepAlive(Seconds(0), Seconds(10));
        _outgoing.ReadStarted(Seconds(0));
        ExpectNext(_outgoing, 10, Due.Ping);
        _outgoing.Heard(Seconds(15), frames: false);
        ExpectNext(_outgoing, 25, Due.Ping);
    }

    [Fact]
    public void A_heartbeat_replaces_the_idle_deadline_and_pauses_while_this_side_does_not_read()
    {
        _incoming.ReadStarted(Seconds(0));
        _incoming.Heard(Seconds(1), frames: true);
        _incoming.KeepAlive(Seconds(1), Seconds(10));
        Assert.Null(_incoming.Next);
        _incoming.ReadStarted(Seconds(1000));
        ExpectNext(_incoming, 1010, Due.Ping);
    }

    [Fact]
    public void Allowed_silence_has_no_deadline()
    {
        ReceiveFrame(_incoming, at: 0);
        _incoming.AllowSilence(Seconds(1), true);
        Assert.Null(_incoming.Next);
        _incoming.Wrote(Seconds(2));
        Assert.Equal(Seconds(32), _incoming.Next);
        _incoming.Accepted(Seconds(3), allAccepted: true);
        _incoming.AllowSilence(Seconds(100), false);
        ExpectNext(_incoming, 160, Due.Idle);
    }

    [Fact]
    public void A_half_closed_link_becomes_idle_only_when_nothing_more_is_written_to_it()
    {
        _outgoing.KeepAlive(Seconds(0), Seconds(1));
        _outgoing.ReadStarted(Seconds(0));
        _outgoing.InputEnded(Seconds(0));
        Assert.Equal(Seconds(60), _outgoing.Next);
        _outgoing.Wrote(Seconds(50));
        _outgoing.Accepted(Seconds(51), allAccepted: true);
        ExpectNext(_outgoing, 111, Due.Idle);
    }

    [Fact]
    public void Progress_extends_the_deadline_of_a_close()
    {
        ReceiveFrame(_incoming, at: 0);
        _incoming.Wrote(Seconds(1));
        _incoming.CloseBegun(Seconds(2));
        Assert.Equal(Seconds(5), _incoming.Next);
        _incoming.Accepted(Seconds(4), allAccepted: true);
        ExpectNext(_incoming, 7, Due.Close);
    }

    [Fact]
    public void A_violation_waits_for_the_session_only_as_long_as_a_close_may_take()
    {
        _incoming.ReadStarted(Seconds(0));
        _incoming.Heard(Seconds(1), frames: true);
        _incoming.ViolationHeld(Seconds(1));
        ExpectNext(_incoming, 4, Due.Violation);
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    // Receives a frame and starts the next read.
    private static void ReceiveFrame(ConnectionDeadlines deadlines, int at)
    {
        deadlines.ReadStarted(Seconds(at));
        deadlines.Heard(Seconds(at), frames: true);
        deadlines.ReadStarted(Seconds(at));
    }

    private static void ExpectNext(ConnectionDeadlines deadlines, int at, Due due)
    {
        Assert.Equal(Seconds(at), deadlines.Next);
        Assert.Equal(Due.Nothing, deadlines.Check(Seconds(at) - TimeSpan.FromTicks(1)));
        Assert.Equal(due, deadlines.Check(Seconds(at)));
    }
}
