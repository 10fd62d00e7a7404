using System.Collections.Immutable;
using Akka.Actor;
using Google.Protobuf;
using TspActors.Media.Library;
using TspActors.Peer.Library;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>When a tracker is given up for what it does not answer, and from when on a connection counts as a good one.</summary>
public sealed class LinkConnectionSpecs
{
    private static readonly LinkSettings Settings = new() { RequestTimeout = TimeSpan.FromSeconds(10), ShareTimeout = TimeSpan.FromMinutes(1) };

    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch);
    private readonly LinkConnection _link;

    public LinkConnectionSpecs() => _link = new LinkConnection(
        new TrackerAddress("a", 7070), ActorRefs.Nobody, new ClientHandshake(null, PeerId.NewRandom(), "ann", 0, wantsBroadcasts: false), Settings, _time);

    [Fact]
    public void a_handshake_has_its_time()
    {
        Pass(10);
        Assert.Null(_link.Fault);
        Pass(1);
        Assert.Contains("did not answer", _link.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void one_that_does_not_ask_for_the_songs_is_neither_good_nor_kept()
    {
        _link.Welcomed(new Welcome { TrackerName = "the tracker" });
        Pass(10);
        Assert.Null(_link.Fault);
        Assert.False(_link.IsSteady);
        Pass(1);
        Assert.Contains("did not ask for this peer's songs", _link.Fault, StringComparison.Ordinal);

        _link.HasAskedForSongs = true;

        Assert.Null(_link.Fault);
        Assert.True(_link.IsSteady);
    }

    [Fact]
    public void a_question_has_its_time()
    {
        Register();
        Ask();
        Pass(10);
        Assert.Null(_link.Fault);
        Pass(1);
        Assert.Contains("left a request unanswered", _link.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void questions_behind_a_share_wait_as_long_as_it_goes_on()
    {
        Register();
        Share(1, 2);
        Ask();
        Pass(59);
        Assert.Null(_link.Fault);
        Assign(1, 11);
        Pass(59);
        Assert.Null(_link.Fault);

        Pass(2);

        Assert.Contains("what was shared", _link.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void when_the_share_is_answered_the_questions_behind_it_have_their_time()
    {
        Register();
        Share(1);
        Ask();
        Pass(59);
        Assign(1, 11);
        Pass(10);
        Assert.Null(_link.Fault);
        Pass(1);
        Assert.Contains("left a request unanswered", _link.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void without_a_question_nobody_waits_for_a_share()
    {
        Register();
        Share(1);
        Pass(3600);

        Assert.Null(_link.Fault);
    }

    private void Pass(int seconds) => _time.Now += TimeSpan.FromSeconds(seconds);

    private void Register()
    {
        _link.Welcomed(new Welcome { TrackerName = "the tracker" });
        _link.HasAskedForSongs = true;
    }

    private void Ask() => Assert.True(_link.Pending.TryAdd(ActorRefs.Nobody, new FindHosts(8), Settings.RequestTimeout));

    private void Share(params int[] seeds)
    {
        var songs = seeds.Select(seed => new OwnSong(0, new SongFile(
            $"{seed}.mp3", default, 0, 100, new TestHash(seed).Value, new AudioFormat { PayloadBytes = 100 }, new SongTags { Title = "t" })));
        _link.Share.Library(new LibraryChanged(new OwnSongs(songs.ToImmutableDictionary(song => song.File.Hash), ImmutableDictionary<int, ContentHash>.Empty)));
        _link.Share.Requested();
        while (_link.Share.Next() is not null)
        {
            _link.Share.Taken();
            _link.ShareWentOn();
        }
    }

    private void Assign(int seed, int id)
    {
        _link.Share.Assigned([new AssignedSong { ContentHash = ByteString.CopyFrom(new TestHash(seed).Value.ToArray()), Id = id }]);
        _link.ShareWentOn();
    }
}
