using Akka.Actor;
using TspActors.Peer.Library;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks when a session counts as steady, which library it has shared, and which session replaces a lost one.</summary>
public sealed class TrackerSessionSpecs
{
    private readonly ManualClock _time = new(DateTimeOffset.UnixEpoch);
    private readonly SessionSlots _slots = new();

    [Fact]
    public void A_session_is_steady_once_it_has_lasted_and_the_tracker_has_asked_for_the_songs()
    {
        var session = Session("a");
        session.Registered("the tracker");
        _time.Pass(TimeSpan.FromSeconds(11));
        Assert.False(session.IsSteady);

        session.Share = new ShareReported(OwnSongs.None, IsComplete: false, Refused: 0);

        Assert.True(session.IsSteady);
    }

    [Fact]
    public void A_share_is_complete_only_for_the_library_it_was_reported_for()
    {
        var session = Session("a");
        Assert.False(session.HasShared(OwnSongs.None));

        session.Share = new ShareReported(OwnSongs.None, IsComplete: true, Refused: 0);

        Assert.True(session.HasShared(OwnSongs.None));
        Assert.False(session.HasShared(new OwnSongs(OwnSongs.None.ByHash, OwnSongs.None.ById)));
    }

    [Fact]
    public void If_the_new_session_is_lost_after_a_move_the_former_one_replaces_it()
    {
        var (first, second) = (Session("a"), Session("b"));
        _slots.Use(first);
        _slots.Try(second);
        _slots.Move();
        Assert.Equal((second, first), (_slots.Current, _slots.Former));
        Assert.True(_slots.CanGoBack);

        Assert.True(_slots.Remove(second));

        Assert.Equal((first, null), (_slots.Current, _slots.Former));
        Assert.True(_slots.IsSettled);
    }

    [Fact]
    public void A_session_whose_tracker_shuts_down_is_never_used_again()
    {
        var (first, second) = (Session("a"), Session("b"));
        _slots.Use(first);
        _slots.Drain();
        Assert.Equal((null, first), (_slots.Current, _slots.Former));
        _slots.Use(second);
        Assert.False(_slots.CanGoBack);

        Assert.True(_slots.Remove(second));

        Assert.Null(_slots.Current);
        Assert.Equal([first], _slots.All);
    }

    [Fact]
    public void If_the_session_in_use_is_lost_the_one_being_tried_replaces_it()
    {
        var (first, second) = (Session("a"), Session("b"));
        _slots.Use(first);
        _slots.Try(second);

        Assert.True(_slots.Remove(first));

        Assert.Equal((second, null), (_slots.Current, _slots.Next));
    }

    [Fact]
    public void Removing_a_session_that_is_not_in_use_keeps_the_current_one()
    {
        var (first, second) = (Session("a"), Session("b"));
        _slots.Use(first);
        _slots.Try(second);

        Assert.False(_slots.Remove(second));

        Assert.Equal([first], _slots.All);
        Assert.Empty(_slots.RemoveOthers());
    }

    private TrackerSession Session(string host) => new(new TrackerAddress(host, 7070), ActorRefs.Nobody, 7071, _time);
}
