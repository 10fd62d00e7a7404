using TspActors.Peer.Listening;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks how long a host may send nothing or too little.</summary>
public sealed class StallPolicySpecs
{
    private static readonly ListeningSettings Settings = new();

    // Each piece of 16 KiB plays for one second. In a real-time stream, a host may take at least 1.5 times that long for a piece,
    // plus two seconds.
    private static readonly TestSong Song = new(640 * 1024, durationMs: 40_000);
    private static readonly TimeSpan Paced = TimeSpan.FromSeconds(3.5);

    [Fact]
    public void With_enough_buffered_sound_a_host_may_take_the_usual_time()
    {
        var policy = Policy(TimeSpan.FromSeconds(20));

        Assert.Equal(Settings.SilenceTimeout, policy.Silence);
        Assert.Equal(TimeSpan.FromSeconds(20), policy.Piece);
    }

    [Fact]
    public void When_the_audio_buffer_is_about_to_run_dry_a_host_is_replaced_sooner()
    {
        var policy = Policy(TimeSpan.FromSeconds(20));
        policy.SetAhead(TimeSpan.FromSeconds(3.2));

        Assert.Equal(TimeSpan.FromSeconds(2.2), policy.Silence);
        Assert.Equal(Paced, policy.Piece);
    }

    [Fact]
    public void With_hardly_any_sound_left_a_host_has_only_the_minimum_time() =>
        Assert.Equal(Settings.MinSilenceTimeout, Policy(TimeSpan.FromSeconds(1)).Silence);

    [Fact]
    public void A_host_may_take_longer_for_a_song_that_is_prefetched_or_saved()
    {
        Assert.Equal(Paced + Settings.SilenceTimeout, Policy(TimeSpan.MaxValue).Piece);
        Assert.Equal(Paced + Settings.SilenceTimeout, Policy(TimeSpan.MaxValue, Pace.Full).Piece);
        Assert.Equal(Settings.SlowHostTimeout, Policy(TimeSpan.MaxValue, Pace.Full, isLast: true).Piece);
    }

    [Fact]
    public void The_last_host_left_may_be_slow() =>
        Assert.Equal(Settings.SlowHostTimeout, Policy(TimeSpan.FromSeconds(1), isLast: true).Piece);

    private static StallPolicy Policy(TimeSpan ahead, Pace pace = Pace.Realtime, bool isLast = false) => new(
        Settings, new StreamOrder(Song.ToSong(1), new Host(), 0, pace, new Requester(PeerId.NewRandom(), "ear", null), ahead, isLast));
}
