using TspActors.Peer.Listening;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Listening;

/// <summary>How long a host may take.</summary>
public sealed class StallPolicySpecs
{
    private static readonly ListeningSettings Settings = new();

    // 16 KiB pieces at 16 KiB a second; a host at real time may take 1.5 of that and a breath of two seconds.
    private static readonly TestSong Song = new(640 * 1024, durationMs: 40_000);
    private static readonly TimeSpan Paced = TimeSpan.FromSeconds(3.5);

    [Fact]
    public void While_there_is_enough_sound_a_host_may_be_slow_and_silent_as_usual()
    {
        var policy = Policy(TimeSpan.FromSeconds(20));

        Assert.Equal(Settings.SilenceTimeout, policy.Silence);
        Assert.Equal(TimeSpan.FromSeconds(20), policy.Piece);
    }

    [Fact]
    public void When_the_sound_would_run_dry_it_is_replaced_sooner()
    {
        var policy = Policy(TimeSpan.FromSeconds(20));
        policy.SetAhead(TimeSpan.FromSeconds(3.2));

        Assert.Equal(TimeSpan.FromSeconds(2.2), policy.Silence);
        Assert.Equal(Paced, policy.Piece);
    }

    [Fact]
    public void A_host_that_begins_when_hardly_any_sound_is_left_has_no_time_to_lose() =>
        Assert.Equal(Settings.MinSilenceTimeout, Policy(TimeSpan.FromSeconds(1)).Silence);

    [Fact]
    public void A_song_that_is_fetched_ahead_or_saved_can_wait()
    {
        Assert.Equal(Paced + Settings.SilenceTimeout, Policy(TimeSpan.MaxValue).Piece);
        Assert.Equal(Settings.SlowHostTimeout, Policy(TimeSpan.MaxValue, Pace.Full).Piece);
    }

    [Fact]
    public void When_no_other_host_is_left_a_slow_one_is_better_than_none() =>
        Assert.Equal(Settings.SlowHostTimeout, Policy(TimeSpan.FromSeconds(1), isLast: true).Piece);

    private static StallPolicy Policy(TimeSpan ahead, Pace pace = Pace.Realtime, bool isLast = false) => new(
        Settings, new StreamOrder(Song.ToSong(1), new Host(), 0, pace, new Requester(PeerId.NewRandom(), "ear", null), ahead, isLast));
}
