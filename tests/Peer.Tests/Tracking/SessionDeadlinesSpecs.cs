using System.Collections.Immutable;
using Akka.Actor;
using Google.Protobuf;
using TspActors.Media.Library;
using TspActors.Peer.Library;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks when a tracker has been silent for too long.</summary>
public sealed class SessionDeadlinesSpecs
{
    private static readonly LinkSettings Settings =
        new() { RequestTimeout = TimeSpan.FromSeconds(10), ShareTimeout = TimeSpan.FromMinutes(1) };

    private readonly ManualClock _time = new(DateTimeOffset.UnixEpoch);
    private readonly PendingRequests _pending;
    private readonly ShareProgress _share = new();
    private readonly SessionDeadlines _deadlines;

    public SessionDeadlinesSpecs()
    {
        _pending = new PendingRequests(Settings.MaxPendingRequests, Settings.RequestTimeout, _time);
        _deadlines = new SessionDeadlines(_pending, _share, Settings, TimeSpan.FromSeconds(4), _time);
    }

    [Fact]
    public void A_handshake_has_a_deadline()
    {
        Pass(4);
        Assert.Null(_deadlines.Fault);
        Pass(1);
        Assert.Contains("did not answer within 4 s", _deadlines.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tracker_that_never_asks_for_the_songs_is_dropped()
    {
        _deadlines.Registered();
        Pass(10);
        Assert.Null(_deadlines.Fault);
        Pass(1);
        Assert.Contains("did not ask for this peer's songs", _deadlines.Fault, StringComparison.Ordinal);

        _deadlines.AskedForSongs();

        Assert.Null(_deadlines.Fault);
    }

    [Fact]
    public void A_request_has_a_deadline()
    {
        Register();
        Ask();
        Pass(10);
        Assert.Null(_deadlines.Fault);
        Pass(1);
        Assert.Contains("left a request unanswered", _deadlines.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void While_a_share_makes_progress_the_requests_behind_it_do_not_expire()
    {
        Register();
        Share(1, 2);
        Ask();
        Pass(59);
        Assert.Null(_deadlines.Fault);
        Assign(1, 11);
        Pass(59);
        Assert.Null(_deadlines.Fault);

        Pass(2);

        Assert.Contains("did not answer a share", _deadlines.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void The_deadline_of_requests_behind_a_share_starts_when_the_share_is_answered()
    {
        Register();
        Share(1);
        Ask();
        Pass(59);
        Assign(1, 11);
        Pass(10);
        Assert.Null(_deadlines.Fault);
        Pass(1);
        Assert.Contains("left a request unanswered", _deadlines.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_waiting_request_a_share_has_no_deadline()
    {
        Register();
        Share(1);
        Pass(3600);

        Assert.Null(_deadlines.Fault);
    }

    private void Pass(int seconds) => _time.Pass(TimeSpan.FromSeconds(seconds));

    private void Register()
    {
        _deadlines.Registered();
        _deadlines.AskedForSongs();
    }

    private void Ask() => Assert.True(_pending.TryAdd(ActorRefs.Nobody, new FindHosts(8)));

    private void Share(params int[] seeds)
    {
        var songs = seeds.Select(seed => new OwnSong(0, new SongFile(
            $"{seed}.mp3", default, 0, 100, new TestHash(seed).Value, new AudioFormat { PayloadBytes = 100 }, new SongTags { Title = "t" })));
        _share.Apply(new LibraryChanged(new OwnSongs(songs.ToImmutableDictionary(song => song.File.Hash), ImmutableDictionary<int,
            ContentHash>.Empty)));
        _share.Request();
        while (_share.NextFrame() is not null)
        {
            _share.FrameSent();
            _deadlines.ShareAdvanced();
        }
    }

    private void Assign(int seed, int id)
    {
        _share.Apply([new AssignedSong { ContentHash = ByteString.CopyFrom(new TestHash(seed).Value.ToArray()), Id = id }]);
        _deadlines.ShareAdvanced();
    }
}
