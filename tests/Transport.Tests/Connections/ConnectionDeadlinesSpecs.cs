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
        MaxCloseTime = Seconds(100),
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
    public void Pings_and_their_replies_do_not_extend_the_idle_deadline()
    {
        ReceiveFrame(_incoming, at: 10);
        for (var at = 20; at <= 60; at += 20)
        {
            _incoming.Heard(Seconds(at), frames: true, onlyPings: true);
            _incoming.Wrote(Seconds(at));
            _incoming.Accepted(Seconds(at), allAccepted: true);
            _incoming.ReadStarted(Seconds(at));
            Assert.Equal(Seconds(70), _incoming.Next);
        }

        _incoming.Heard(Seconds(65), frames: true);
        _incoming.ReadStarted(Seconds(65));
        ExpectNext(_incoming, 125, Due.Idle);
    }

    [Fact]
    public void An_unfinished_frame_has_a_deadline_even_with_a_heartbeat()
    {
        ReceiveFrame(_incoming, at: 0);
        _incoming.KeepAlive(Seconds(0), Seconds(10));
        for (var at = 1; at <= 26; at += 5)
        {
            _incoming.Heard(Seconds(at), frames: false);
            _incoming.InFrame(Seconds(at), true);
        }

        Assert.Equal(Seconds(31), _incoming.Next);
        Assert.Equal(Due.Frame, _incoming.Check(Seconds(31)));
        _incoming.InFrame(Seconds(31), false);
        ExpectNext(_incoming, 36, Due.Ping);
    }

    [Fact]
    public void A_wait_for_room_has_a_deadline_and_does_not_count_as_silence()
    {
        ReceiveFrame(_incoming, at: 0);
        _incoming.KeepAlive(Seconds(0), Seconds(9));
        _incoming.RoomAwaited(Seconds(10));
        _incoming.RoomAwaited(Seconds(12));
        ExpectNext(_incoming, 15, Due.NoRoom);
        _incoming.ReadStarted(Seconds(15));
        ExpectNext(_incoming, 24, Due.Ping);
    }

    [Fact]
    public void A_wait_for_room_restarts_when_others_receive_room_and_PINGs_are_sent_in_the_meantime()
    {
        ReceiveFrame(_incoming, at: 0);
        _incoming.KeepAlive(Seconds(0), Seconds(7));
        _incoming.RoomAwaited(Seconds(1));
        ExpectNext(_incoming, 6, Due.NoRoom);
        Assert.True(_incoming.TryExtendRoom(Seconds(6)));
        for (var at = 8; at <= 36; at += 7)
        {
            ExpectNext(_incoming, at, Due.Ping);
            Assert.True(_incoming.TryExtendRoom(Seconds(at)));
            ExpectNext(_incoming, at + 5, Due.NoRoom);
            Assert.True(_incoming.TryExtendRoom(Seconds(at + 5)));
        }

        Assert.True(_incoming.TryExtendRoom(Seconds(45)));
        Assert.False(_incoming.TryExtendRoom(Seconds(46)));
    }

    [Fact]
    public void While_a_connection_rests_PINGs_are_sent_and_nothing_else_is_due()
    {
        ReceiveFrame(_incoming, at: 0);
        _incoming.KeepAlive(Seconds(0), Seconds(7));
        _incoming.ReadStarted(Seconds(1));
        _incoming.Resting(Seconds(2));
        for (var at = 9; at <= 90; at += 7)
            ExpectNext(_incoming, at, Due.Ping);

        _incoming.ReadStarted(Seconds(95));

        ExpectNext(_incoming, 102, Due.Ping);
        ExpectNext(_incoming, 109, Due.Ping);
        ExpectNext(_incoming, 116, Due.Silent);
    }

    [Fact]
    public void A_remote_end_that_accepts_written_data_is_not_idle()
    {
        ReceiveFrame(_incoming, at: 0);
        _incoming.Wrote(Seconds(50));
        _incoming.Accepted(Seconds(70), allAccepted: false);
        ExpectNext(_incoming, 100, Due.StalledWriter);
        _incoming.Accepted(Seconds(90), allAccepted: true);
        ExpectNext(_incoming, 150, Due.Idle);
    }

    [Fact]
    public void An_outgoing_connection_without_a_heartbeat_has_no_idle_deadline()
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
    public void Any_received_byte_restarts_the_heartbeat()
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
    public void A_half_closed_connection_becomes_idle_only_when_nothing_more_is_written_to_it()
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
    public void A_close_lasts_as_long_as_the_remote_end_receives_bytes_but_not_forever()
    {
        ReceiveFrame(_incoming, at: 0);
        _incoming.CloseBegun(Seconds(2));
        for (var at = 5; at <= 101; at += 3)
        {
            ExpectNext(_incoming, at, Due.Close);
            Assert.True(_incoming.TryExtend(Seconds(at)));
        }

        Assert.Equal(Seconds(102), _incoming.Next);
        Assert.False(_incoming.TryExtend(Seconds(102)));
        ExpectNext(_incoming, 102, Due.Close);
    }

    [Fact]
    public void Progress_of_the_socket_does_not_extend_a_close_forever_either()
    {
        ReceiveFrame(_incoming, at: 0);
        _incoming.Wrote(Seconds(1));
        _incoming.CloseBegun(Seconds(2));
        for (var at = 3; at < 102; at++)
            _incoming.Accepted(Seconds(at), allAccepted: false);
        ExpectNext(_incoming, 102, Due.Close);
    }

    [Fact]
    public void A_connection_is_not_idle_while_the_remote_end_receives_what_was_sent_before()
    {
        ReceiveFrame(_incoming, at: 0);
        _incoming.Wrote(Seconds(1));
        _incoming.Accepted(Seconds(1), allAccepted: true);
        ExpectNext(_incoming, 61, Due.Idle);
        Assert.True(_incoming.TryExtend(Seconds(61)));
        ExpectNext(_incoming, 121, Due.Idle);
        Assert.False(_incoming.TryExtend(Seconds(121)));
    }

    [Fact]
    public void A_writer_is_not_stalled_while_the_remote_end_receives_bytes_but_not_forever()
    {
        ReceiveFrame(_incoming, at: 0);
        _incoming.Wrote(Seconds(1));
        ExpectNext(_incoming, 31, Due.StalledWriter);
        Assert.True(_incoming.TryExtendWriter(Seconds(31)));
        Assert.True(_incoming.TryExtendWriter(Seconds(61)));
        Assert.True(_incoming.TryExtendWriter(Seconds(91)));
        ExpectNext(_incoming, 121, Due.StalledWriter);
        Assert.False(_incoming.TryExtendWriter(Seconds(121)));
        _incoming.Accepted(Seconds(121), allAccepted: false);
        Assert.True(_incoming.TryExtendWriter(Seconds(151)));
    }

    [Fact]
    public void The_error_for_a_violation_waits_for_the_session_only_as_long_as_a_close_may_take()
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
