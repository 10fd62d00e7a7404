using Akka.Actor;
using Akka.Event;
using TspActors.Peer.Listening;
using TspActors.Peer.Saving;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Live.Recording;

/// <summary>Runs the recordings of live feeds, each in a RecordingActor child.</summary>
internal sealed class RecordingsActor : UntypedActor
{
    private readonly ListeningSettings _settings;
    private readonly Requester _requester;
    private readonly OwnHost? _own;
    private readonly IActorRef _trackerLink;
    private readonly IActorRef? _relays;
    private readonly Dictionary<IActorRef, Song> _running = [];
    private readonly List<IActorRef> _stoppers = [];

    public RecordingsActor(ListeningSettings settings, Requester requester, OwnHost? own, IActorRef trackerLink, IActorRef? relays)
    {
        _settings = settings;
        _requester = requester;
        _own = own;
        _trackerLink = trackerLink;
        _relays = relays;
    }

    /// <param name="settings">The deadlines and limits.</param>
    /// <param name="requester">How this peer identifies itself to hosts.</param>
    /// <param name="own">How this peer reaches its own host; null if it hosts nothing.</param>
    /// <param name="trackerLink">The TrackerLinkActor, which knows the hosts.</param>
    /// <param name="relays">The LiveFeedsActor, which may pass the feeds on; null if this peer has none.</param>
    public static Props Props(
        ListeningSettings settings, Requester requester, OwnHost? own, IActorRef trackerLink, IActorRef? relays = null) =>
        Akka.Actor.Props.Create(() => new RecordingsActor(settings, requester, own, trackerLink, relays));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RecordFeed record when _running.Count >= _settings.MaxSaves:
                Sender.Tell(new SaveRefused($"the maximum number of feeds ({_settings.MaxSaves}) is already being recorded"));
                break;
            case RecordFeed record:
                var recording = Context.ActorOf(RecordingActor.Props(record, _settings, _requester, _own, _trackerLink, _relays));
                Context.WatchWith(recording, new Ended(recording));
                _running.Add(recording, record.Song);
                Sender.Tell(new SaveAccepted(Waits: false));
                break;
            case Ended ended:
                _running.Remove(ended.Recording);
                TellWhenStopped();
                break;
            case StopRecordings:
                _stoppers.Add(Sender);
                foreach (var running in _running.Keys)
                    running.Tell(EndRecording.Instance);
                TellWhenStopped();
                break;
            case EndRecordings end:
                var ending = _running.Where(running => end.Id is null || running.Value.Id == end.Id).ToList();
                foreach (var (running, _) in ending)
                    running.Tell(EndRecording.Instance);
                Sender.Tell(new SavesCancelled(ending.Count));
                break;
            case GetRecordings:
                Sender.Tell(new RecordingsStatus([.. _running.Values]));
                break;
        }
    }

    private void TellWhenStopped()
    {
        if (_running.Count > 0)
            return;
        foreach (var stopper in _stoppers)
            stopper.Tell(RecordingsStopped.Instance);
        _stoppers.Clear();
    }

    private sealed record Ended(IActorRef Recording) : ILocalMessage, IDeadLetterSuppression;
}
