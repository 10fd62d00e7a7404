using Akka.Actor;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Tracking;

// How the link goes from one tracker to another while it is still registered at the first.
internal sealed partial class TrackerLinkActor
{
    private void SpreadLater()
    {
        if (_settings.SpreadInterval > TimeSpan.Zero)
            Timers.StartSingleTimer(SpreadTimer, new Tick(SpreadTimer), _settings.SpreadInterval * (0.5 + Random.Shared.NextDouble()));
    }

    private void Spread()
    {
        if (_links is { IsRegistered: true, IsSettled: true, Current: { Share.IsComplete: true } current } && !_catalog.IsListing
            && _choice.Preferred(current.Tracker) is { } preferred)
            _links.Try(Connect(preferred));
        SpreadLater();
    }

    private void CloseFormer()
    {
        if (_links.Former is not { } former)
            return;
        _links.Remove(former);
        _moves.Left(former.Tracker);
        former.Actor.Tell(new CloseConnection(FrameEncoder.Encode(Operation.Quit)));
        AskAgain(former);
    }

    // It takes no songs for now (cut off from its cluster, say). Another one may; until then this one is better than none.
    private void Postpone(LinkConnection link, Error error)
    {
        var pause = TimeSpan.FromMilliseconds(error.RetryAfterMs);
        pause = pause < ShortestPause ? ShortestPause : pause > LongestPause ? LongestPause : pause;
        _choice.Avoid(link.Tracker, pause);
        link.Share.Postpone();
        if (link != _links.Current)
            return;
        if (_links.Former is { IsDraining: false })
        {
            Lost(link, error.Message);
            return;
        }

        SetStatus(_status with { SongsRefused = link.Share.Refused });
        Timers.StartSingleTimer(ShareTimer, new Tick(ShareTimer), pause);
        TellWhenShared();
        if (_links.IsSettled && _choice.Elsewhere(link.Tracker) is { } other)
            _links.Try(Connect(other));
    }

    // It keeps this peer's songs for a while, so that they can be had until they are known at another tracker.
    private void Drain(LinkConnection link, string reason)
    {
        _links.Drain();
        _moves.Left(link.Tracker);
        Replaced(link, reason);
        AskAgain(link);
        if (_links.Current is null)
            ConnectNext(reason);
    }

    // Trackers can err about a move of this peer itself; then it comes back once, or stays where it was before the move. If it has a double, that one says so by the next REPLACED.
    private void ReplacedBySomebody(LinkConnection link)
    {
        if (_links.Former is { } former)
            _moves.Left(former.Tracker);
        if (!_moves.Excuse(link.Tracker))
        {
            End(link, "another peer with this peer's id is connected (is it running twice with the same data folder?)");
            return;
        }

        if (_links.Next is { } tried)
        {
            Drop(tried);
            _links.Remove(tried);
        }

        Lost(link, "it says that this peer has connected again", _settings.ReconnectMax * (0.5 + Random.Shared.NextDouble()));
    }
}
