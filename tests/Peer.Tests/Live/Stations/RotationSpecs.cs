using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TspActors.Peer.Live.Stations;
using TspActors.Peer.Tests.Material;

namespace TspActors.Peer.Tests.Live.Stations;

/// <summary>Checks the rules by which a station chooses its songs, for any library.</summary>
public sealed class RotationSpecs
{
    /// <summary>A library: the artist of each song, 0 = unknown.</summary>
    public sealed record AnyLibrary(int[] Artists, ulong Seed);

    public static class Libraries
    {
        public static Arbitrary<AnyLibrary> Library()
        {
            var fair = from count in Gen.Choose(1, 80) from artists in Gen.Choose(0, 6).ArrayOf(count) select artists;
            var unfair = from count in Gen.Choose(1, 60)
                         from artists in Gen.Frequency((9, Gen.Constant(1)), (1, Gen.Choose(0, 4))).ArrayOf(count)
                         select artists;
            var distinct = Gen.Choose(1, 80).Select(count => Enumerable.Range(1, count).ToArray());
            return (from artists in Gen.OneOf(fair, unfair, distinct)
                    from seed in Gen.Choose(0, int.MaxValue)
                    select new AnyLibrary(artists, (ulong)seed)).ToArbitrary();
        }
    }

    [Property(Arbitrary = [typeof(Libraries)])]
    public void No_song_is_repeated_before_80_percent_of_the_songs_have_been_played(AnyLibrary library)
    {
        var plays = Songs.Play(Start(library), 4 * library.Artists.Length + 3);

        Assert.All(Repeats(plays), distance => Assert.True(distance * 5 >= library.Artists.Length * 4, $"{distance}"));
    }

    [Property(Arbitrary = [typeof(Libraries)])]
    public void Two_songs_by_one_artist_follow_each_other_only_if_no_other_artist_may_be_played(AnyLibrary library)
    {
        var count = library.Artists.Length;
        var plays = Songs.Play(Start(library), 4 * count + 3);

        for (var at = 1; at < plays.Count; at++)
        {
            var artist = library.Artists[plays[at] - 1];
            if (artist == 0 || artist != library.Artists[plays[at - 1] - 1])
                continue;
            // No other artist could be played, because all songs by other artists were among the last 80 % of the plays.
            var recent = plays.Take(at).TakeLast((int)Math.Ceiling(0.8 * count) - 1).ToHashSet();
            Assert.DoesNotContain(Enumerable.Range(1, count), id => library.Artists[id - 1] != artist && !recent.Contains(id));
        }
    }

    [Property(Arbitrary = [typeof(Libraries)])]
    public void If_all_artists_differ_every_song_is_played_again_and_again(AnyLibrary library)
    {
        var count = library.Artists.Length;
        var rotation = Start(library with { Artists = [.. Enumerable.Range(1, count)] });
        var plays = Songs.Play(rotation, 7 * count + 10);

        Assert.Equal(count, plays.Take(2 * count + 1).Distinct().Count());
        Assert.All(Repeats(plays), distance => Assert.True(distance <= 2.2 * count + 1, $"{distance}"));
    }

    [Property(Arbitrary = [typeof(Libraries)])]
    public void The_same_seed_gives_the_same_order_which_continues_after_a_restart(AnyLibrary library, byte restartAfter)
    {
        var count = library.Artists.Length;
        var whole = Songs.Play(Start(library), 3 * count + 1);
        var first = Start(library);
        var before = Songs.Play(first, restartAfter % (3 * count) + 1);
        var after = new Rotation(Reread(first.State));
        after.Update(Songs.By(Names(library)), []);

        // The song that was interrupted comes first.
        var rest = Songs.Play(after, whole.Count - before.Count + 1);

        Assert.Equal(whole, [.. before.SkipLast(1), .. rest]);
    }

    [Property(Arbitrary = [typeof(Libraries)])]
    public void Songs_can_be_added_and_removed_while_the_others_keep_their_rest(AnyLibrary library, byte changeAfter)
    {
        var count = library.Artists.Length;
        var rotation = Start(library);
        var before = Songs.Play(rotation, changeAfter % (2 * count) + 1);
        var kept = Songs.By(Names(library)).Where(song => song.Song.Id % 3 != 0).ToList();
        IReadOnlyList<RotationSong> songs = [.. kept, .. Songs.By(Enumerable.Range(0, 5).Select(i => $"new {i}"), 1000)];

        rotation.Update(songs, []);
        var after = Songs.Play(rotation, 8 * songs.Count);

        Assert.Subset(songs.Select(song => song.Song.Id).ToHashSet(), after.ToHashSet());
        Assert.Subset(after.ToHashSet(), Enumerable.Range(1000, 5).ToHashSet());
        // The last song is not the next one again, unless it is the only one.
        Assert.NotEqual(before[^1], after[0]);
        Assert.All(Repeats(after), distance => Assert.True(distance * 5 >= songs.Count * 4, $"{distance}"));
    }

    [Fact]
    public void Another_seed_gives_another_order()
    {
        var library = new AnyLibrary([.. Enumerable.Range(1, 50)], 1);

        Assert.NotEqual(Songs.Play(Start(library), 50), Songs.Play(Start(library with { Seed = 2 }), 50));
    }

    [Fact]
    public void A_song_follows_itself_only_if_it_is_the_only_one()
    {
        Assert.Equal([1, 1, 1], Songs.Play(Start(new AnyLibrary([1], 1)), 3));
        var two = Songs.Play(Start(new AnyLibrary([1, 1], 1)), 4);
        Assert.Equal([two[0], 3 - two[0], two[0], 3 - two[0]], two);
    }

    [Fact]
    public void Artists_are_compared_regardless_of_case_and_accents()
    {
        var rotation = new Rotation(new StationState(3));
        rotation.Update(Songs.By(["Björk", "BJORK", "bjork", "a", "b", "c", "d", "e"]), []);

        var plays = Songs.Play(rotation, 80);

        Assert.DoesNotContain(plays.Zip(plays.Skip(1)), pair => pair is { First: <= 3, Second: <= 3 });
    }

    [Fact]
    public void A_rotation_without_songs_has_no_next_song_until_songs_are_added()
    {
        var rotation = new Rotation(new StationState(1));
        Assert.Null(rotation.Next());
        rotation.Update([], Songs.By(["jingle"]));
        Assert.Null(rotation.Next());

        rotation.Update(Songs.By(["a"]), []);

        Assert.Equal(1, rotation.Next()!.Song.Id);
    }

    [Fact]
    public void Songs_in_order_start_over_after_the_last_one_and_keep_their_place_when_the_library_changes()
    {
        var rotation = new Rotation(new StationState(1), inOrder: true);
        rotation.Update(Songs.By(["a", "a", "a", "a"]), []);
        Assert.Equal([1, 2, 3, 4, 1, 2], Songs.Play(rotation, 6));

        // Song 3 is removed, and song 9 is added at the front.
        rotation.Update([.. Songs.By(["a"], 9), .. Songs.By(["a", "a"]), .. Songs.By(["a"], 4)], []);

        Assert.Equal([4, 9, 1, 2, 4], Songs.Play(rotation, 5));
    }

    [Fact]
    public void Songs_in_order_continue_with_the_interrupted_song_after_a_restart()
    {
        var rotation = new Rotation(new StationState(1), inOrder: true);
        rotation.Update(Songs.By(["a", "a", "a", "a"]), []);
        Songs.Play(rotation, 2);

        var restarted = new Rotation(Reread(rotation.State), inOrder: true);
        restarted.Update(Songs.By(["a", "a", "a", "a"]), []);

        Assert.Equal([2, 3, 4, 1], Songs.Play(restarted, 4));
    }

    [Fact]
    public void Jingles_are_played_in_turn_after_every_few_songs()
    {
        var rotation = new Rotation(new StationState(1), inOrder: true, jingleEvery: 2);
        rotation.Update(Songs.By(["a", "a", "a"]), Songs.By(["j", "j"], 100));

        Assert.Equal([1, 2, 100, 3, 1, 101, 2, 3, 100], Songs.Play(rotation, 9));
    }

    [Fact]
    public void A_hundred_thousand_songs_are_played_without_a_repetition_even_after_a_restart()
    {
        var songs = Songs.By(Enumerable.Range(0, 100_000).Select(i => i % 3 == 0 ? "everywhere" : $"{i % 500}"));
        var rotation = new Rotation(new StationState(7));
        rotation.Update(songs, []);
        var before = Songs.Play(rotation, 60_000);

        var restarted = new Rotation(Reread(rotation.State));
        restarted.Update(songs, []);
        var after = Songs.Play(restarted, 20_000);

        // Only the last 10,000 plays are known for certain. A few of the other songs are taken for unplayed, because chance has moved their
        // due plays a little.
        Assert.Equal(before[^1], after[0]);
        Assert.Equal(60_000, before.Distinct().Count());
        Assert.Equal(20_000, after.Distinct().Count());
        Assert.DoesNotContain(after.Skip(1), before.TakeLast(10_000).ToHashSet().Contains);
        Assert.InRange(after.Skip(1).Count(before.ToHashSet().Contains), 0, 2_000);
    }

    private static Rotation Start(AnyLibrary library)
    {
        var rotation = new Rotation(new StationState(library.Seed));
        rotation.Update(Songs.By(Names(library)), []);
        return rotation;
    }

    private static IEnumerable<string> Names(AnyLibrary library) =>
        library.Artists.Select(artist => artist == 0 ? "" : $"Artist {artist}");

    private static StationState Reread(StationState state)
    {
        using var folder = new TempFolder();
        StationFile.Write(folder.In("station"), state);
        var read = StationFile.Read(folder.In("station"), out var problem);
        Assert.Null(problem);
        return read!;
    }

    // Returns the distance between each play of a song and the song's previous play.
    private static IEnumerable<int> Repeats(IReadOnlyList<int> plays)
    {
        var last = new Dictionary<int, int>();
        for (var at = 0; at < plays.Count; at++)
        {
            if (last.TryGetValue(plays[at], out var before))
                yield return at - before;
            last[plays[at]] = at;
        }
    }
}
