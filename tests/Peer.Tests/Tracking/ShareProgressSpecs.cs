using System.Collections.Immutable;
using Google.Protobuf;
using TspActors.Media.Library;
using TspActors.Peer.Library;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks what is shared next, one frame at a time, while the library changes.</summary>
public sealed class ShareProgressSpecs
{
    private readonly ShareProgress _progress = new();

    [Fact]
    public void Nothing_is_shared_before_the_tracker_asks()
    {
        _progress.Apply(Songs(1, 2));

        Assert.Null(_progress.NextFrame());
        Assert.False(_progress.IsComplete);
    }

    [Fact]
    public void Every_song_is_shared_once_and_the_share_is_complete_when_all_have_ids()
    {
        _progress.Apply(Songs(1, 2));
        _progress.Request();

        var share = NextShare()!;
        Assert.True(share is { Complete: true, Last: true, Added.Count: 2 });
        Assert.Null(_progress.NextFrame());
        _progress.FrameSent();
        Assert.Null(_progress.NextFrame());
        Assert.False(_progress.IsComplete);
        Assign((1, 11));
        Assert.False(_progress.IsComplete);
        Assign((2, 12));
        Assert.True(_progress.IsComplete);
        Assert.Equal(2, _progress.Count);
    }

    [Fact]
    public void A_refused_song_is_counted_and_does_not_keep_the_share_incomplete()
    {
        _progress.Apply(Songs(1, 2));
        ShareAll();

        Assign((1, 11), (2, 0));

        Assert.True(_progress.IsComplete);
        Assert.Equal(1, _progress.Refused);
    }

    [Fact]
    public void Refusals_of_songs_that_this_peer_does_not_share_are_ignored()
    {
        _progress.Apply(Songs(1, 2));
        ShareAll();

        Assert.False(Assign([.. Enumerable.Range(100, 50).Select(song => (song, 0))]));

        Assert.Equal(0, _progress.Refused);
    }

    [Fact]
    public void The_share_of_an_empty_library_is_complete_once_it_has_been_sent()
    {
        _progress.Request();
        Assert.False(_progress.IsComplete);

        ShareAll();

        Assert.True(_progress.IsComplete);
    }

    [Fact]
    public void A_frame_is_created_only_after_the_previous_one_has_been_sent()
    {
        _progress.Apply(Songs([.. Enumerable.Range(1, 5_000)]));
        _progress.Request();
        var frames = 0;
        var added = new HashSet<ByteString>();
        while (NextShare() is { } share)
        {
            Assert.Null(_progress.NextFrame());
            _progress.FrameSent();
            added.UnionWith(share.Added.Select(song => song.ContentHash));
            frames++;
        }

        Assert.True(frames > 1);
        Assert.Equal(5_000, added.Count);
    }

    [Fact]
    public void A_change_during_the_full_share_is_sent_after_it()
    {
        _progress.Apply(Songs([.. Enumerable.Range(1, 5_000)]));
        _progress.Request();
        Assert.True(NextShare() is { Complete: true, Last: false });
        _progress.Apply(Songs([.. Enumerable.Range(2, 5_000)]));

        var shares = Drain();

        Assert.True(shares[^2] is { Complete: true, Last: true });
        Assert.True(shares[^1] is { Complete: false, Last: true, Added.Count: 1, Removed.Count: 1 });
    }

    [Fact]
    public void Changed_tags_are_shared_again_but_a_new_id_is_not()
    {
        _progress.Apply(Songs(1, 2));
        ShareAll();
        Assign((1, 11), (2, 12));

        _progress.Apply(new LibraryChanged(Own((1, 11, "song 1"), (2, 12, "song 2"))));
        Assert.Null(_progress.NextFrame());
        Assert.True(_progress.IsComplete);

        _progress.Apply(new LibraryChanged(Own((1, 11, "song 1"), (2, 12, "retagged"))));
        var share = NextShare()!;
        Assert.Equal(["retagged"], share.Added.Select(song => song.Tags.Title));
        Assert.Equal([12], share.Added.Select(song => song.LastId));
    }

    [Fact]
    public void The_share_does_not_wait_for_a_song_that_was_removed_before_it_had_an_id()
    {
        _progress.Apply(Songs(1, 2));
        ShareAll();
        Assign((1, 11));

        _progress.Apply(Songs(1));
        Assert.True(Drain()[^1] is { Removed.Count: 1 });

        Assert.True(_progress.IsComplete);
    }

    [Fact]
    public void A_refused_song_that_is_removed_is_no_longer_counted()
    {
        _progress.Apply(Songs(1, 2));
        ShareAll();
        Assign((1, 11), (2, 0));

        _progress.Apply(Songs(1));
        Drain();

        Assert.Equal(0, _progress.Refused);
    }

    [Fact]
    public void Songs_that_a_tracker_temporarily_does_not_accept_count_as_refused_until_the_next_full_share()
    {
        _progress.Apply(Songs(1, 2));
        ShareAll();
        Assign((1, 11));
        Assert.True(_progress.IsReplyOwed);

        _progress.Postpone();

        Assert.Null(_progress.NextFrame());
        Assert.False(_progress.IsReplyOwed);
        Assert.True(_progress.IsComplete);
        Assert.Equal(1, _progress.Refused);
        _progress.Request();
        Assert.True(NextShare() is { Complete: true, Added.Count: 2 });
        Assert.False(_progress.IsComplete);
    }

    [Fact]
    public void Only_refused_songs_are_offered_again()
    {
        _progress.Apply(Songs(1, 2, 3));
        ShareAll();
        Assign((1, 11), (2, 0), (3, 0));
        _progress.Apply(Songs(1, 2));
        _progress.OfferRefusedAgain();

        var share = NextShare()!;

        Assert.True(share is { Complete: false, Last: true });
        Assert.Equal([new TestHash(2).Value], share.Added.Select(song => new ContentHash(song.ContentHash.Span)));
        Assert.Equal(1, _progress.Refused);
        Assign((2, 12));
        Assert.Equal(0, _progress.Refused);
    }

    [Fact]
    public void Only_a_new_refusal_or_the_end_of_one_counts_as_a_change()
    {
        _progress.Apply(Songs(1, 2, 3));
        ShareAll();
        Assert.True(Assign((1, 11), (2, 0)));
        Assert.False(Assign((1, 11), (2, 0)));
        Assert.True(Assign((3, 0)));
        Assert.True(Assign((2, 12)));
        Assert.False(Assign((2, 12)));
    }

    [Fact]
    public void Refused_songs_are_offered_again_at_most_5000_at_a_time()
    {
        _progress.Apply(Songs([.. Enumerable.Range(1, 12_000)]));
        ShareAll();
        Assign([.. Enumerable.Range(1, 12_000).Select(seed => (seed, 0))]);
        var offered = new List<int>();
        var songs = new HashSet<ByteString>();
        for (var i = 0; i < 4; i++)
        {
            _progress.OfferRefusedAgain();
            var added = Drain().SelectMany(share => share.Added).ToList();
            offered.Add(added.Count);
            songs.UnionWith(added.Select(song => song.ContentHash));
            _progress.Apply(added.Select(song => new AssignedSong { ContentHash = song.ContentHash }));
        }

        Assert.Equal([5_000, 5_000, 2_000, 5_000], offered);
        Assert.Equal(12_000, songs.Count);
    }

    [Fact]
    public void A_second_request_restarts_the_share()
    {
        _progress.Apply(Songs([.. Enumerable.Range(1, 5_000)]));
        _progress.Request();
        _progress.NextFrame();
        _progress.Request();

        var shares = Drain();

        Assert.Equal(5_000, shares.Sum(share => share.Added.Count));
        Assert.All(shares, share => Assert.True(share.Complete));
    }

    private static LibraryChanged Songs(params int[] seeds) => new(Own([.. seeds.Select(seed => (seed, 0, $"song {seed}"))]));

    private static OwnSongs Own(params (int Seed, int Id, string Title)[] songs)
    {
        var own = songs.Select(song => new OwnSong(song.Id, new SongFile(
            $"{song.Seed}.mp3", default, 0, 100, new TestHash(song.Seed).Value, new AudioFormat { PayloadBytes = 100 },
            new SongTags { Title = song.Title })));
        return new OwnSongs(own.ToImmutableDictionary(song => song.File.Hash), ImmutableDictionary<int, ContentHash>.Empty);
    }

    private bool Assign(params (int Seed, int Id)[] ids) => _progress.Apply(
        ids.Select(assigned => new AssignedSong
        {
            ContentHash = ByteString.CopyFrom(new TestHash(assigned.Seed).Value.ToArray()),
            Id = assigned.Id
        }));

    private Share? NextShare() =>
        _progress.NextFrame() is { } frame ? Share.Parser.ParseFrom(frame.AsSpan(FrameHeader.SizeWithLength)) : null;

    private List<Share> Drain()
    {
        var shares = new List<Share>();
        _progress.FrameSent();
        while (NextShare() is { } share)
        {
            shares.Add(share);
            _progress.FrameSent();
        }

        return shares;
    }

    private void ShareAll()
    {
        _progress.Request();
        Drain();
    }
}
