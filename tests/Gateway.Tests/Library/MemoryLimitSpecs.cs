using Akka.Event;
using TspActors.Gateway.Library;
using TspActors.Gateway.Storage;
using TspActors.Protocol;

namespace TspActors.Gateway.Tests.Library;

/// <summary>Checks what the library forgets about songs and albums that are gone.</summary>
public sealed class MemoryLimitSpecs : LibrarySpec
{
    [Fact]
    public void Songs_that_were_seen_first_are_forgotten_first_but_listed_and_away_songs_are_never_forgotten()
    {
        // Song 1 is listed, song 2 is away, and songs 10 to 14 are gone.
        Memory.Seen([.. new[] { 1, 2, 10, 11, 12, 13, 14 }.Select(number => (HashOf(number), Clock.GetUtcNow().AddDays(number)))]);
        Memory.Away(SongOf(2), Clock.GetUtcNow());
        NewLibrary(new GatewayLibrarySettings(), new MemoryLimits(FormerSongs: 3));
        Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(7, Memory.ReadSongs().Count());

        List(SongOf(1));
        Pass(TimeSpan.FromSeconds(1));

        Assert.Equal([1, 2, 12, 13, 14], Remembered());
        Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(5, Memory.ReadSongs().Count());

        int[] Remembered()
        {
            var hashes = Memory.ReadSongs().Select(song => song.Hash).ToHashSet();
            return [.. Enumerable.Range(0, 20).Where(number => hashes.Contains(HashOf(number)))];
        }
    }

    [Fact]
    public void Decisions_for_albums_that_are_gone_are_forgotten_if_there_are_too_many()
    {
        foreach (var album in new[] { "here", "gone1", "gone2", "gone3" })
            Memory.Grouped(TextKey.Of(album), AlbumGroup.PerArtist);
        NewLibrary(new GatewayLibrarySettings(), new MemoryLimits(Groupings: 2));
        Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(4, Memory.ReadGroupings().Count());

        List(SongOf(1, album: "here"));
        Pass(TimeSpan.FromSeconds(1));

        Assert.Equal(2, Memory.ReadGroupings().Count());
        Assert.Contains(TextKey.Of("here"), Memory.ReadGroupings().Select(grouping => grouping.Key));
    }

    [Fact]
    public void Songs_are_forgotten_a_few_at_a_time()
    {
        var songs = new FormerSongs(10);
        for (var number = 0; number < 15; number++)
            songs.Add(HashOf(number), (uint)(100 - number));

        Assert.Equal([HashOf(14), HashOf(13)], songs.Forget(2));
        // Song 12 is in the tables again.
        Assert.True(songs.Remove(HashOf(12), out var seen));
        Assert.Equal(88u, seen);
        Assert.Equal([HashOf(11), HashOf(10), HashOf(9)], songs.Forget(100));
        Assert.Empty(songs.Forget(100));
    }

    [Fact]
    public async Task Forgotten_songs_and_decisions_are_deleted_from_the_database()
    {
        using var data = new TempData();
        using var database = GatewayDatabase.Open(data.Path, out _);
        await using (var memory = new LibraryMemory(database, NoLogger.Instance))
        {
            memory.Seen([(HashOf(1), Clock.GetUtcNow()), (HashOf(2), Clock.GetUtcNow())]);
            memory.Grouped("one", "x");
            memory.Grouped("two", "x");
            memory.Forget([HashOf(1)]);
            memory.Ungroup(["one"]);
        }

        await using var again = new LibraryMemory(database, NoLogger.Instance);
        Assert.Equal(HashOf(2), Assert.Single(again.ReadSongs()).Hash);
        Assert.Equal("two", Assert.Single(again.ReadGroupings()).Key);
    }
}
