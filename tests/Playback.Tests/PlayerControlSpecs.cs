using TspActors.Playback.Player;

namespace TspActors.Playback.Tests;

/// <summary>Checks how a player starts, handles requests and ends, as seen by its callers and its thread.</summary>
public sealed class PlayerControlSpecs
{
    private readonly InputBuffer _input = new(1000, () => { });
    private readonly PlayerControl _control;

    public PlayerControlSpecs() => _control = new PlayerControl(_input);

    [Fact]
    public void A_stop_before_the_player_starts_ends_it_immediately()
    {
        Assert.True(_control.RequestStop());
        Assert.False(_control.RequestStop());

        Assert.Equal(PlaybackState.Ended, _control.State);
        Assert.False(_control.SeekTo(TimeSpan.Zero, null));
        _control.Start(new Thread(() => Assert.Fail("A stopped player must not start.")));
    }

    [Fact]
    public void A_stop_after_the_player_has_started_is_a_request_to_its_thread()
    {
        Start();

        Assert.False(_control.RequestStop());

        Assert.True(_control.ReadRequests().Stop);
        Assert.NotEqual(PlaybackState.Ended, _control.State);
        _control.End();
        Assert.Equal(PlaybackState.Ended, _control.State);
    }

    [Fact]
    public void A_player_can_start_only_once()
    {
        var thread = Start();

        Assert.Throws<InvalidOperationException>(() => _control.Start(thread));
    }

    [Fact]
    public void A_player_ends_only_when_its_input_is_complete_and_no_pause_or_seek_is_pending()
    {
        Start();
        Assert.False(_control.TryEnd(0));
        _input.Complete();
        _control.RequestPause(true);
        Assert.False(_control.TryEnd(0));
        _control.RequestPause(false);
        _control.SeekTo(TimeSpan.FromSeconds(1), null);
        Assert.False(_control.TryEnd(0));
        _input.Complete();

        Assert.True(_control.TryEnd(1));
        Assert.False(_control.SeekTo(TimeSpan.Zero, null));
    }

    [Fact]
    public void A_request_interrupts_the_current_wait()
    {
        Start();
        var requests = _control.ReadRequests();

        _control.RequestPause(true);

        Assert.True(requests.Interrupt.IsCancellationRequested);
        Assert.False(_control.ReadRequests().Interrupt.IsCancellationRequested);
    }

    private Thread Start()
    {
        var thread = new Thread(() => { });
        _control.Start(thread);
        return thread;
    }
}
