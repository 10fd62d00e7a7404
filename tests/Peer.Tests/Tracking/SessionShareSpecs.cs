using System.Collections.Immutable;
using Google.Protobuf;
using TspActors.Media.Library;
using TspActors.Peer.Library;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>
/// Checks that a session shares nothing before it is in use, reports each change once, and schedules retries after a bounded pause.
/// </summary>
public sealed class SessionShareSpecs
{
    private readonly SessionShare _share = new(
        LibraryOf(1, 2), new LinkSettings(), new ManualClock(DateTimeOffset.UnixEpoch), new Random(1));

    [Fact]
    public void Nothing_is_shared_before_the_session_is_in_use()
    {
        _share.Progress.Request();
        Assert.Null(_share.Progress.NextFrame());

        _share.Progress.IsHeld = false;

        Assert.NotNull(_share.Progress.NextFrame());
    }

    [Fact]
    public void Each_change_is_reported_once()
    {
        Send();
        Assert.True(_share.NextReport() is { IsComplete: false, Refused: 0 });
        Assert.Null(_share.NextReport());

        _share.Apply(Assigned((1, 7), (2, 0)));

        Assert.True(_share.NextReport() is { IsComplete: true, Refused: 1 });
        Assert.Null(_share.NextReport());
    }

    [Fact]
    public void A_retry_is_scheduled_only_while_songs_are_refused()
    {
        Send();
        Assert.True(_share.Apply(Assigned((1, 7), (2, 0))) > TimeSpan.Zero);
        Assert.Null(_share.Apply(Assigned((2, 0))));

        _share.OfferRefusedAgain();
        Send();

        Assert.Equal(TimeSpan.Zero, _share.Apply(Assigned((2, 8))));
    }

    [Theory]
    [InlineData(0u, 1)]
    [InlineData(5_000u, 5)]
    [InlineData(uint.MaxValue, 600)]
    public void A_postponed_share_counts_as_complete_and_its_pause_is_bounded(uint told, int seconds)
    {
        Send();

        var postponed = _share.Postpone(new Error { Code = ErrorCode.Busy, Message = "cut off", RetryAfterMs = told });

        Assert.Equal(TimeSpan.FromSeconds(seconds), postponed?.Pause);
        Assert.True(postponed?.Share is { IsComplete: true, Refused: 2 });
        Assert.Null(_share.NextReport());
        // Several frames of the share may be refused.
        Assert.Null(_share.Postpone(new Error { Code = ErrorCode.Busy, Message = "cut off" }));
    }

    private static OwnSongs LibraryOf(params int[] seeds) => new(
        seeds.Select(seed => new OwnSong(0, new SongFile(
            $"{seed}.mp3", default, 0, 100, new TestHash(seed).Value, new AudioFormat { PayloadBytes = 100 }, new SongTags { Title = "t" })))
            .ToImmutableDictionary(song => song.File.Hash),
        ImmutableDictionary<int, ContentHash>.Empty);

    private static Assign Assigned(params (int Seed, int Id)[] songs) => new()
    {
        Songs = { songs.Select(song => new AssignedSong { ContentHash = ByteString.CopyFrom(new TestHash(song.Seed).Value.ToArray()),
            Id = song.Id }) },
    };

    private void Send()
    {
        _share.Progress.IsHeld = false;
        if (_share.Progress.Refused == 0)
            _share.Progress.Request();
        while (_share.Progress.NextFrame() is not null)
            _share.Progress.FrameSent();
    }
}
