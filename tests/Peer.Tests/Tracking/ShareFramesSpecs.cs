using FsCheck;
using FsCheck.Xunit;
using Google.Protobuf;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks how a share is divided into frames.</summary>
public sealed class ShareFramesSpecs
{
    [Property(MaxTest = 40)]
    public void A_share_of_any_size_is_sent_completely_in_frames_of_bounded_size(NonNegativeInt size, int seed)
    {
        var random = new Random(seed);
        var songs = Enumerable.Range(0, size.Get % 40 * 50).Select(_ => Song(random)).ToList();

        var shares = Read(ShareFrames.Complete(songs));

        Assert.All(shares, share => Assert.True(share.Complete));
        Assert.Equal(shares.Select((_, i) => i == shares.Count - 1), shares.Select(share => share.Last));
        Assert.Equal(songs.OrderBy(song => song.LastId == 0), shares.SelectMany(share => share.Added));
    }

    [Fact]
    public void An_empty_share_is_one_complete_frame()
    {
        var share = Assert.Single(Read(ShareFrames.Complete([])));

        Assert.True(share is { Complete: true, Last: true, Added.Count: 0 });
    }

    [Fact]
    public void Songs_with_stored_ids_come_before_new_songs()
    {
        var ids = Read(
            ShareFrames.Complete([Song(0), Song(5), Song(0), Song(2)])).SelectMany(share => share.Added).Select(song => song.LastId);

        Assert.Equal([5, 2, 0, 0], ids);
    }

    [Fact]
    public void Changes_contain_added_and_removed_songs_and_are_not_complete()
    {
        var removed = Enumerable.Range(0, 10_000).Select(i => new TestHash(i).Value).ToList();

        var shares = Read(ShareFrames.Changes([Song(3), Song(0)], removed));

        Assert.True(shares.Count > 1);
        Assert.All(shares, share => Assert.False(share.Complete));
        Assert.Equal(shares.Select((_, i) => i == shares.Count - 1), shares.Select(share => share.Last));
        Assert.Equal(removed, shares.SelectMany(share => share.Removed).Select(hash => new ContentHash(hash.Span)));
        Assert.Equal(2, shares.Sum(share => share.Added.Count));
    }

    [Fact]
    public void A_song_with_the_longest_tags_still_fits_in_a_frame()
    {
        var text = new string('语', 512);
        var song = new SharedSong
        {
            ContentHash = ByteString.CopyFrom(new byte[32]),
            Tags = new SongTags { Title = text, Artist = text, Album = text, AlbumArtist = text, Genre = text },
        };

        var shares = Read(ShareFrames.Complete(Enumerable.Repeat(song, 100)));

        Assert.Equal(100, shares.Sum(share => share.Added.Count));
    }

    [Fact]
    public void The_load_is_sent_in_a_separate_frame()
    {
        var share = Assert.Single(Read([ShareFrames.Load(3, 20)]));

        Assert.True(share is { Complete: false, Added.Count: 0, Removed.Count: 0, Load: { ActiveStreams: 3, MaxStreams: 20 } });
    }

    private static SharedSong Song(int lastId) =>
        new() { ContentHash = ByteString.CopyFrom(new byte[32]), Tags = new SongTags { Title = "t" }, LastId = lastId };

    private static SharedSong Song(Random random)
    {
        var hash = new byte[32];
        random.NextBytes(hash);
        return new SharedSong
        {
            ContentHash = ByteString.CopyFrom(hash),
            Tags = new SongTags { Title = new string('x', random.Next(1, 512)) },
            LastId = random.Next(3),
        };
    }

    // Decodes the frames and checks that each one is complete, well formed and not too large.
    private static List<Share> Read(IEnumerable<byte[]> frames)
    {
        var shares = new List<Share>();
        foreach (var bytes in frames)
        {
            Assert.True(bytes.Length <= 150 * 1024);
            var decoder = new FrameDecoder();
            decoder.Feed(bytes);
            Assert.Equal(FrameReadResult.Frame, decoder.TryRead(out var frame));
            Assert.Equal(Operation.Share, frame.Operation);
            Assert.True(Bodies.TryParse<Share>(frame, out var share, out _));
            shares.Add(share);
        }

        return shares;
    }
}
