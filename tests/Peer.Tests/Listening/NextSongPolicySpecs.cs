using TspActors.Peer.Listening;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks when the next song is fetched and passed to the player. The prefetch is 10 s.</summary>
public sealed class NextSongPolicySpecs
{
    private static readonly QueuedSong Following = new(2, "next");

    private readonly Track _current = new(new QueuedSong(1, "current"), Pace.Realtime)
    {
        Song = new Song { Format = new AudioFormat { DurationMs = 60_000 } },
        HasAllBytes = true,
    };

    [Theory]
    [InlineData(0, 10.5, false)]
    [InlineData(0, 9.5, true)]
    [InlineData(8, 18.5, false)]
    [InlineData(8, 17.5, true)]
    public void The_next_song_is_fetched_before_the_crossfade(int crossfade, double left, bool isFetched) => Assert.Equal(
        isFetched ? NextStep.Fetch : NextStep.EndSong, Decide(crossfade, new PlaybackPhase.Playing(_current), left));

    [Theory]
    [InlineData(0, 3.5, false)]
    [InlineData(0, 2.5, true)]
    [InlineData(8, 11.5, false)]
    [InlineData(8, 10.5, true)]
    public void The_next_song_is_given_to_the_player_before_the_crossfade(int crossfade, double left, bool isGiven)
    {
        var phase = new PlaybackPhase.PlayingAndFetchingNext(_current, new Track(Following, Pace.Realtime));

        Assert.Equal(isGiven ? NextStep.GiveToPlayer : NextStep.EndSong, Decide(crossfade, phase, left));
    }

    private static NextStep Decide(int crossfade, PlaybackPhase phase, double left) =>
        new NextSongPolicy(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(crossfade)).Decide(
            phase, Following, new SoundReading(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(left), 0, false, false, true, true));
}
