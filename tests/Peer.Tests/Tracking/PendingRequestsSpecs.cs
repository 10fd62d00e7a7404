using Akka.Actor;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks whether a refusal without an id belongs to a share or to a request.</summary>
public sealed class PendingRequestsSpecs
{
    private readonly PendingRequests _pending = new(10, TimeSpan.FromMinutes(1), new ManualClock(DateTimeOffset.UnixEpoch));

    [Fact]
    public void Without_a_share_a_refusal_belongs_to_a_request()
    {
        Assert.False(_pending.IsShareNext);
        Ask();
        Assert.False(_pending.IsShareNext);
    }

    [Fact]
    public void A_refusal_belongs_to_a_share_that_was_sent_before_the_oldest_request()
    {
        _pending.ShareSent();
        Assert.True(_pending.IsShareNext);
        Ask();
        _pending.ShareSent();
        Assert.True(_pending.IsShareNext);

        _pending.ShareRefused();

        Assert.False(_pending.IsShareNext);
        Answer();
        Assert.True(_pending.IsShareNext);
        _pending.ShareRefused();
        Assert.False(_pending.IsShareNext);
    }

    [Fact]
    public void The_reply_to_a_later_request_shows_that_a_share_was_accepted()
    {
        _pending.ShareSent();
        _pending.ShareSent();
        Ask();
        Ask();

        Answer();

        Assert.False(_pending.IsShareNext);
        Answer();
        Assert.False(_pending.IsShareNext);
    }

    private void Ask() => Assert.True(_pending.TryAdd(ActorRefs.Nobody, new ListSongs()));

    private void Answer() => Assert.True(_pending.TryDequeue(out _, out _));
}
