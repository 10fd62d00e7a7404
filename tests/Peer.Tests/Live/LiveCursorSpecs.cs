using TspActors.Peer.Hosting.Live;
using TspActors.Peer.Live.Feeds;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Live;

/// <summary>Checks which chunk a listener receives next.</summary>
public sealed class LiveCursorSpecs
{
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_listener_that_joins_receives_the_burst_and_then_each_chunk()
    {
        var snapshot = Snapshot(101, 120);
        var cursor = new LiveCursor(snapshot, 0, Held);

        Assert.Equal(109ul, cursor.First(snapshot).Sequence);
        Assert.Equal(Numbers(109, 120), Rest(cursor, snapshot));
        Assert.Empty(Rest(cursor, snapshot));
        Assert.Equal([121ul], Rest(cursor, Snapshot(102, 121)));
    }

    [Fact]
    public void A_young_feed_has_a_shorter_burst()
    {
        var snapshot = Snapshot(7, 8);

        Assert.Equal([7ul, 8ul], Rest(new LiveCursor(snapshot, 0, Held), snapshot));
    }

    [Fact]
    public void A_listener_continues_with_the_requested_chunk_if_it_is_held_or_comes_next()
    {
        var snapshot = Snapshot(101, 120);

        Assert.Equal(Numbers(101, 120), Rest(new LiveCursor(snapshot, 101, Held), snapshot));
        var next = new LiveCursor(snapshot, 121, Held);
        Assert.Empty(Rest(next, snapshot));
        Assert.Equal((121ul, 60_500ul), (next.First(snapshot).Sequence, next.First(snapshot).TimeMs));
        Assert.Equal([121ul], Rest(next, Snapshot(102, 121)));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(122)]
    [InlineData(1)]
    [InlineData(-1)]
    public void Any_other_number_joins_near_the_edge_with_a_gap(long number)
    {
        var snapshot = Snapshot(101, 120);
        var cursor = new LiveCursor(snapshot, (ulong)number, Held);

        Assert.Equal(109ul, cursor.Next(snapshot, default, out var gap, out var skipped)!.Sequence);
        Assert.True(gap);
        Assert.False(skipped);
    }

    [Fact]
    public void A_chunk_that_is_about_to_be_dropped_does_not_count_as_held()
    {
        var snapshot = Snapshot(101, 220);
        var cursor = new LiveCursor(snapshot, 102, Held);

        Assert.Equal(209ul, cursor.First(snapshot).Sequence);
        Assert.Equal(209ul, cursor.Next(snapshot, default, out var gap, out var skipped)!.Sequence);
        Assert.Equal((true, false), (gap, skipped));
        Assert.Equal(Numbers(111, 220), Rest(new LiveCursor(snapshot, 111, Held), snapshot));
    }

    [Fact]
    public void A_listener_that_falls_behind_goes_on_near_the_edge()
    {
        var cursor = new LiveCursor(Snapshot(101, 120), 0, Held);
        cursor.Next(Snapshot(101, 120), default, out _, out _);

        var (later, chunk) = (Snapshot(101, 220), (FeedChunk?)null);
        chunk = cursor.Next(later, default, out var gap, out var skipped);

        Assert.Equal((209ul, true, true), (chunk!.Sequence, gap, skipped));
        Assert.Equal(210ul, cursor.Next(later, default, out gap, out skipped)!.Sequence);
        Assert.Equal((false, false), (gap, skipped));
    }

    [Fact]
    public void A_listener_that_is_behind_by_less_than_the_held_sound_loses_nothing()
    {
        var cursor = new LiveCursor(Snapshot(101, 120), 0, Held);
        cursor.Next(Snapshot(101, 120), default, out _, out _);

        Assert.Equal(Numbers(110, 218), Rest(cursor, Snapshot(101, 218)));
    }

    [Fact]
    public void A_listener_is_too_slow_after_three_skips_within_a_minute_but_not_in_a_longer_time()
    {
        Assert.True(SkipThrice(TimeSpan.FromSeconds(29)).IsTooSlow);
        Assert.False(SkipThrice(TimeSpan.FromSeconds(31)).IsTooSlow);
    }

    [Fact]
    public void A_source_whose_clock_is_set_back_loses_no_listener()
    {
        FeedChunk[] chunks =
        [
            new FeedChunk(new LiveChunk { Sequence = 1, TimeMs = 1_000_000, DurationMs = 500 }, new byte[1], FeedTitle.None),
            new FeedChunk(new LiveChunk { Sequence = 2, TimeMs = 500, DurationMs = 500 }, new byte[1], FeedTitle.None),
        ];
        var snapshot = Snapshot(1, 2) with { Chunks = chunks };

        Assert.Equal([1ul, 2ul], Rest(new LiveCursor(snapshot, 0, Held), snapshot));
    }

    private static LiveCursor SkipThrice(TimeSpan between)
    {
        var cursor = new LiveCursor(Snapshot(1, 20), 0, Held);
        for (var i = 0; i <= 3; i++)
            cursor.Next(Snapshot((ulong)(1 + (200 * i)), (ulong)(20 + (200 * i))), between * i, out _, out _);
        return cursor;
    }

    private static IEnumerable<ulong> Numbers(ulong from, ulong to)
    {
        for (var number = from; number <= to; number++)
            yield return number;
    }

    private static List<ulong> Rest(LiveCursor cursor, FeedSnapshot snapshot)
    {
        var numbers = new List<ulong>();
        while (cursor.Next(snapshot, default, out _, out var skipped) is { } chunk)
        {
            Assert.False(skipped);
            numbers.Add(chunk.Sequence);
        }

        return numbers;
    }

    private static FeedSnapshot Snapshot(ulong first, ulong last) => new(
        new FeedIdentity(new PeerId(new byte[16]), "a", Google.Protobuf.ByteString.Empty),
        [.. Numbers(first, last).Select(number => new FeedChunk(
            new LiveChunk { Sequence = number, TimeMs = number * 500, DurationMs = 500 }, new byte[1], FeedTitle.None))],
        [], TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(6), new AudioFormat());
}
