using Akka.Actor;
using TspActors.Peer.Terminal;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Terminal;

/// <summary>Checks where completion finds titles, and that it does not hold up the typing.</summary>
public sealed class TitleFinderSpecs(ITestOutputHelper output) : PeerSpec(output)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Titles_from_the_tracker_and_from_known_songs_that_begin_with_the_text_are_merged()
    {
        var found = new TitleFinder(TestActor, Long).FindAsync("night", 3);

        Assert.Equal(new ListSongs("night", 0, 100), await ExpectMsgAsync<ListSongs>(Long));
        LastSender.Tell(new SongPage { Songs = { Titled("Night Train", "night train", "Last Night", "NIGHT WATCH", null) } });
        Assert.Equal(new FindKnownTitles("night", 3), await ExpectMsgAsync<FindKnownTitles>(Long));
        LastSender.Tell(new Titles(["Night Boat", "Night Train"]));

        Assert.Equal(["Night Boat", "Night Train", "NIGHT WATCH"], await found);
    }

    [Fact]
    public async Task Without_a_reply_from_the_tracker_known_titles_are_found()
    {
        foreach (var deadline in new[] { TimeSpan.FromMilliseconds(1), Long })
        {
            var found = new TitleFinder(TestActor, deadline).FindAsync("n", 3);
            await ExpectMsgAsync<ListSongs>(Long);
            if (deadline == Long)
                LastSender.Tell(new TrackerUnavailable("away"));
            await ExpectMsgAsync<FindKnownTitles>(Long);
            LastSender.Tell(new Titles(["Night"]));

            // With the short deadline, the second reply may come too late as well.
            Assert.InRange((await found).Count, deadline == Long ? 1 : 0, 1);
        }
    }

    [Fact]
    public async Task A_very_long_text_is_cut_for_the_tracker()
    {
        _ = new TitleFinder(TestActor, Long).FindAsync(new string('x', 100_000), 3);

        Assert.InRange((await ExpectMsgAsync<ListSongs>(Long)).Query.Length, 500, 1_024);
    }

    [Fact]
    public void A_key_ends_the_wait_for_a_reply()
    {
        var never = new TaskCompletionSource();
        var looks = 0;

        Assert.False(KeyWait.Until(never.Task, () => ++looks == 2));
        Assert.Equal(2, looks);
    }

    [Fact]
    public void A_quick_reply_is_handled_before_a_key_that_is_waiting()
    {
        Assert.True(KeyWait.Until(Task.CompletedTask, () => true));
        Assert.True(KeyWait.Until(Task.FromException(new IOException()), () => true));
    }

    private static IEnumerable<Song> Titled(params string?[] titles) =>
        titles.Select((title, at) => new Song { Id = at + 1, Tags = title is null ? null : new SongTags { Title = title } });
}
