using TspActors.Peer.Hosting.Live;
using TspActors.Peer.Live.Feeds;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Live;

/// <summary>Checks how many chunks a listener receives in one write.</summary>
public sealed class LiveGroupingSpecs
{
    private static readonly PeerId Source = new(new byte[16]);
    private static readonly PeerId Relay = new([.. Enumerable.Repeat((byte)1, 16)]);

    [Theory]
    [InlineData(6_000, false, 4)]
    [InlineData(5_900, false, 2)]
    [InlineData(3_000, false, 2)]
    [InlineData(2_900, false, 1)]
    [InlineData(500, false, 1)]
    [InlineData(60_000, true, 2)]
    [InlineData(2_900, true, 1)]
    public void A_group_is_as_long_as_the_reserve_allows_and_short_behind_a_relay(int burstMs, bool isRelayed, int size) =>
        Assert.Equal(size, LiveGrouping.SizeFor(Snapshot(1, 1, burstMs, isRelayed)));

    [Theory]
    [InlineData(6_000, 4)]
    [InlineData(3_000, 2)]
    [InlineData(500, 1)]
    public void Every_chunk_arrives_once_and_in_order_in_groups_that_end_at_different_chunks(int burstMs, int size)
    {
        var ends = new HashSet<ulong>();
        for (var listener = 0; listener < 8; listener++)
        {
            var snapshot = Snapshot(1, 40, burstMs);
            var cursor = new LiveCursor(snapshot, 1, TimeSpan.FromSeconds(60));
            var received = new List<ulong>();
            for (var edge = 40ul; edge < 100; edge++)
            {
                snapshot = Snapshot(1, edge, burstMs);
                while (!LiveGrouping.IsIncomplete(snapshot, cursor.Position, listener)
                    && cursor.Next(snapshot, default, out _, out _) is { } first)
                {
                    var group = cursor.TakePlain(snapshot, first, size);
                    Assert.InRange(group.Length, 1, size);
                    received.AddRange(group.Select(chunk => chunk.Sequence));
                }

                Assert.InRange(edge - received[^1], 0ul, (ulong)size - 1);
                if (edge > 90 && received[^1] == edge)
                    ends.Add((edge + (ulong)listener) % (ulong)size == 0 ? edge % (ulong)size : ulong.MaxValue);
            }

            Assert.Equal(Enumerable.Range(1, received.Count).Select(number => (ulong)number), received);
        }

        Assert.Equal(size, ends.Count);
        Assert.DoesNotContain(ulong.MaxValue, ends);
    }

    [Fact]
    public void A_new_title_ends_a_group()
    {
        var snapshot = Snapshot(1, 12);
        var titled = new FeedChunk(new LiveChunk { Sequence = 3, TimeMs = 1_500, DurationMs = 500 }, new byte[1], FeedTitle.Read("new"));
        snapshot = snapshot with { Chunks = [.. snapshot.Chunks[..2], titled, .. snapshot.Chunks[3..]] };
        var cursor = new LiveCursor(snapshot, 1, TimeSpan.FromSeconds(60));

        var groups = new List<int>();
        while (cursor.Next(snapshot, default, out _, out _) is { } first)
            groups.Add(cursor.TakePlain(snapshot, first, 4).Length);

        Assert.Equal([2, 1, 4, 4, 1], groups);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_group_has_the_bytes_of_its_chunks_and_listeners_share_them(bool withProofs)
    {
        var group = Snapshot(1, 4).Chunks;

        var bytes = LiveGrouping.Encode(group, 7, withProofs, gap: false);

        Assert.Equal(group.SelectMany(chunk => chunk.Encode(7, withProofs, gap: false).ToArray()), bytes.ToArray());
        Assert.True(bytes.Equals(LiveGrouping.Encode([.. group], 7, withProofs, gap: false)));
        Assert.NotEqual(bytes.ToArray(), LiveGrouping.Encode(group, 8, withProofs, gap: false).ToArray());
        Assert.NotEqual(bytes.Length, LiveGrouping.Encode(group, 7, !withProofs, gap: false).Length);
        Assert.Equal(
            group.SelectMany((chunk, index) => chunk.Encode(7, withProofs, gap: index == 0).ToArray()),
            LiveGrouping.Encode(group, 7, withProofs, gap: true).ToArray());
        GC.KeepAlive(bytes);
    }

    private static FeedSnapshot Snapshot(ulong first, ulong last, int burstMs = 6_000, bool isRelayed = false)
    {
        var chunks = new List<FeedChunk>();
        for (var number = first; number <= last; number++)
        {
            var proof = new LiveChunk { Sequence = number, TimeMs = number * 500, DurationMs = 500 };
            chunks.Add(new FeedChunk(proof, new byte[1], FeedTitle.None));
        }

        return new FeedSnapshot(
            new FeedIdentity(Source, "a", Google.Protobuf.ByteString.Empty), [.. chunks], isRelayed ? [Source, Relay] : [Source],
            TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(burstMs), new AudioFormat());
    }
}
