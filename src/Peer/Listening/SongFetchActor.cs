using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using Google.Protobuf;
using TspActors.Peer.Live.Feeds;
using TspActors.Peer.Reaching;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport;
using Error = TspActors.Protocol.Error;

namespace TspActors.Peer.Listening;

/// <summary>
/// Fetches one song into a sink, from any host that has it. If a host fails, the next one continues at the exact byte.
/// </summary>
/// <remarks>
/// <code>
/// Asking     → PlayGrant → Trying            refused, no tracker, no host: next round (after a short wait), or FetchFailed
/// Trying     → the first PiecesArrived, or StreamStarted if there is only one host → Receiving; the other receivers send STOP
///            → NextHostDue → one more host, in parallel with the silent ones
///            → StreamFailed → Trying the next host; no host left and no receiver running → Asking
/// Receiving  → PiecesArrived → the sink → PiecesTaken
///            → every byte has arrived → Completing
///            → StreamFailed, or StreamFinished before a seek reached the host → Trying the next host; none left → Asking
/// Completing → the sink is complete → FetchCompleted
/// Asking     → PlayGrant for a live feed that this peer may pass on → Offering → Tapping: reads it from its own relay
///            → the relay is lost → Trying            the feed has ended → Completing
/// any but Stopping → SeekWithin → the next epoch: each receiver asks its host again (PlayAgain); in Completing → Trying
///                  → StopFetch → Stopping: each receiver sends STOP to its host
/// </code>
/// Messages from an earlier <see cref="Epoch"/>, or from a receiver that is no longer in use, are dropped on arrival (AroundReceive). The
/// sink belongs to this actor's creator, and receives nothing more once this actor has stopped. In the Trying state, this actor can have
/// several StreamReceiverActor children, which compete in a <see cref="HostRace{T}"/>. In Asking, Receiving and Completing, it uses at most
/// one.
/// </remarks>
internal sealed class SongFetchActor : UntypedActor, IWithTimers
{
    // An endpoint on this peer's network answers immediately or not at all.
    private static readonly TimeSpan AfterLocal = TimeSpan.FromMilliseconds(250);

    // A host that is slow to answer would have twice the work if it were called immediately.
    private static readonly TimeSpan BeforeCall = TimeSpan.FromMilliseconds(1_500);

    // The LiveFeedsActor is in the same process, so it replies much sooner unless it has failed.
    private static readonly TimeSpan OfferDeadline = TimeSpan.FromSeconds(10);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly FetchOrder _order;
    private readonly ListeningSettings _settings;
    private readonly IActorRef _trackerLink;
    private readonly IActorRef _owner;
    private readonly HostSelection _hosts;
    private readonly Failover _failover;
    private readonly FetchProgress _progress;
    private readonly SinkWork _sinkWork;
    private readonly HostRace<IActorRef> _race;
    private IResumableSink? _earlierAttempt;
    private IActorRef _receiver = ActorRefs.Nobody;
    private Song? _song;
    private IReadOnlyList<HostRoute>? _routes;
    private readonly HashSet<ByteString> _endedBy = [];
    private readonly HashSet<ByteString> _untrusted = [];
    private ulong _nextChunk;
    private FeedTitle _title = FeedTitle.None;
    private FeedTap? _tap;
    private FailureKind? _lastFailure;
    private Error? _lastError;
    private bool _isWithoutTracker;

    public SongFetchActor(FetchOrder order, ListeningSettings settings, IActorRef trackerLink, IActorRef owner)
    {
        _order = order;
        _settings = settings;
        _trackerLink = trackerLink;
        _owner = owner;
        _race = new HostRace<IActorRef>(settings.HostsAtOnce);
        _hosts = new HostSelection(settings.Rounds, settings.BusyTimeout, order.Known, memory: order.Requester.Hosts);
        _failover = new Failover(order.Id, _hosts, settings.RoundDelay);
        _progress = new FetchProgress(order.Sink, order.Offset);
        _sinkWork = new SinkWork(_progress, Self);
        _earlierAttempt = order.Sink as IResumableSink;
    }

    public static Props Props(FetchOrder order, ListeningSettings settings, IActorRef trackerLink, IActorRef owner) =>
        Akka.Actor.Props.Create(() => new SongFetchActor(order, settings, trackerLink, owner));

    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Ahead => _progress.Sink.Ahead;

    private TimeSpan Patience => _progress.Sink.Patience;

    private bool IsLive => _song is { Live: true };

    // A host that has ended the feed is not asked again.
    private IReadOnlyList<HostRoute>? OpenRoutes =>
        _endedBy.Count == 0 ? _routes : _routes?.Where(route => !_endedBy.Contains(route.Host.PeerId)).ToList();

    private bool HasEverything => !IsLive && _progress.Received == (long)_song!.Format.PayloadBytes;

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart() => AskTracker();

    protected override void PostStop() => _sinkWork.Stop();

    protected override bool AroundReceive(Receive receive, object message) =>
        (message is IEpochMessage { Epoch: var epoch } && epoch != _progress.Epoch)
        || (message is IReceiverMessage && !_race.Contains(Sender))
        || base.AroundReceive(receive, message);

    protected override void OnReceive(object message) => Asking(message);

    private void Asking(object message)
    {
        switch (message)
        {
            case PlayGrant grant:
                _isWithoutTracker = false;
                TryGranted(grant);
                break;
            case TrackerRefused { Error.Code: ErrorCode.NoHost or ErrorCode.UnknownSong } when _endedBy.Count > 0:
                AllArrived();
                break;
            case TrackerRefused refused:
                _lastError = refused.Error;
                var mayHostsBeThere = refused.Error.Code != ErrorCode.NoHost;
                Follow(_failover.WithoutGrant(OpenRoutes, refused.Error.Message, mayHostsBeThere, Patience));
                break;
            case TrackerUnavailable unavailable:
                _isWithoutTracker = true;
                Follow(_failover.WithoutGrant(OpenRoutes, unavailable.Reason, mayHostsBeThere: true, Patience));
                break;
            case AskDue:
                AskTracker();
                break;
            case EarlierAttemptChecked check:
                ContinueFrom(check, replacesReceiver: false);
                break;
            default:
                InAnyState(message);
                break;
        }
    }

    // Waits for the LiveFeedsActor to decide whether this peer passes the feed on.
    private void Offering(object message)
    {
        switch (message)
        {
            case TapFeed tap:
                Timers.Cancel(nameof(OfferDue));
                _tap = new FeedTap(tap.Held);
                Context.WatchWith(tap.Feed, new FeedLost("the relay failed"));
                Become(Tapping);
                tap.Feed.Tell(JoinFeed.Instance);
                break;
            case HearFromHosts or OfferDue:
                Reopen();
                break;
            default:
                InAnyState(message);
                break;
        }
    }

    private void Tapping(object message)
    {
        switch (message)
        {
            case FeedChanged changed:
                if (_tap!.Add(changed.Snapshot) is { } live)
                    _owner.Tell(new FetchStarted(_song!, _song!.Hosts[0], _hosts.Known, HostWay.Direct.Instance) { Live = live });
                RunSink();
                HearTap();
                break;
            case PieceWritten:
                _progress.StepDone();
                RunSink();
                HearTap();
                break;
            case FeedEnded:
                _tap!.End();
                HearTap();
                break;
            case ListenerRefused refused:
                Fail(refused.Reason);
                break;
            case FeedLost when _tap!.HasEnded:
                break;
            case FeedLost:
                // The relay could not get the feed from any host. Try once more without the relay.
                _tap = null;
                Reopen();
                break;
            case SeekWithin seek:
                _tap!.Rejoin();
                Seek(seek);
                break;
            default:
                InAnyState(message);
                break;
        }
    }

    private void HearTap()
    {
        if (!_progress.IsSinkBusy && _tap!.Next(Stopwatch.GetElapsedTime(0)) is { } chunk)
        {
            _progress.Add([chunk.Mp3]);
            (_nextChunk, _title) = (chunk.Sequence + 1, chunk.Title);
            _owner.Tell(new ChunkHeard(chunk));
            RunSink();
        }
        else if (!_progress.IsSinkBusy && _tap!.HasEnded)
        {
            AllArrived();
        }
    }

    private void Trying(object message)
    {
        switch (message)
        {
            case StreamStarted started:
                _race.Began(Sender, started);
                if (_race.IsDecided(_hosts.HasNext))
                    Won(Sender);
                break;
            case StreamFinished when IsLive:
                // It costs a host nothing to say that a feed is over, so the other hosts may still win.
                Ended(Sender);
                ReplaceHost("a host says that the feed has ended");
                break;
            case PiecesArrived or StreamFinished:
                Won(Sender);
                Receiving(message);
                break;
            case NextHostDue:
                if (_race.MakeRoom() && _hosts.Next() is { } next)
                    Receive(next);
                break;
            default:
                WithReceiver(message);
                break;
        }
    }

    private void Receiving(object message)
    {
        switch (message)
        {
            case PiecesArrived arrived:
                _hosts.Progressed();
                _progress.Add(arrived.Pieces);
                Report(arrived as ChunksArrived);
                RunSink();
                break;
            case StreamStarted started:
                // After a seek, the same host begins another stream.
                HostStarted(started);
                break;
            case StreamFinished or StreamFailed when HasEverything:
                // The host has sent every byte, even if the connection breaks before it can say so.
                AllArrived();
                break;
            case StreamFinished when IsLive:
                ConfirmEnd();
                break;
            case StreamFinished:
                // The host finished before the seek reached it.
                Reopen();
                break;
            default:
                WithReceiver(message);
                break;
        }
    }

    private void Completing(object message)
    {
        switch (message)
        {
            case SinkCompleted:
                _log.Debug("song {0} is complete", _order.Id);
                _owner.Tell(new FetchCompleted(_song!, _progress.Sink));
                Context.Stop(Self);
                break;
            case SeekWithin seek:
                Seek(seek);
                Reopen();
                break;
            default:
                WithReceiver(message);
                break;
        }
    }

    private void Stopping(object message)
    {
        // A receiver that failed earlier might not have terminated until now. Only the receivers that still have to send STOP count.
        if (message is ReceiverGone gone && _race.Remove(gone.Receiver) && _race.IsEmpty)
            Context.Stop(Self);
    }

    private void WithReceiver(object message)
    {
        switch (message)
        {
            case StreamFailed failure:
                _log.Debug("song {0}: {1} ({2})", _order.Id, failure.Reason, failure.Kind);
                (_lastFailure, _lastError) = (failure.Kind, failure.Error);
                _failover.Failed(failure);
                _race.Remove(Sender);
                // The user is told once that a host did not prove its key, even while another host is sending.
                if (failure.IsUntrusted && _untrusted.Add(failure.Host.PeerId))
                    Notify($"{failure.Reason}; it is not asked without TLS");
                ReplaceHost(failure.IsUntrusted ? null : failure.Reason);
                break;
            case ReceiverGone gone when _race.Remove(gone.Receiver):
                ReplaceHost("the connection to the host failed");
                break;
            case EarlierAttemptChecked check:
                ContinueFrom(check, replacesReceiver: true);
                break;
            default:
                InAnyState(message);
                break;
        }
    }

    private void InAnyState(object message)
    {
        switch (message)
        {
            case StopFetch:
                Stop();
                break;
            case SeekWithin seek:
                Seek(seek);
                break;
            case PieceWritten:
                _progress.StepDone();
                RunSink();
                break;
            case SinkFailed failed:
                Fail(failed.Reason);
                break;
        }
    }

    private void AskTracker() => _trackerLink.Tell(new FindHosts(_order.Id));

    private void TryGranted(PlayGrant grant)
    {
        var song = grant.Song;
        if (GrantCheck.Refusal(_order, _song, song) is { } refusal)
        {
            Fail(refusal);
            return;
        }

        _log.Debug("hosts that the tracker named for song {0}: {1}", _order.Id, song.Hosts.Count);
        if (_song is null && _earlierAttempt is { } earlier && !song.Live)
            _progress.GoTo(GrantCheck.SkippableBytes(earlier.Found, (long)song.Format.PayloadBytes));
        _song = song;
        _routes = HostRoutes.Of(song, grant.Reach, !_order.Requester.Calls.IsNobody(), _order.Requester.UsesRelays);
        if (song.Live && _endedBy.Count > 0 && song.Hosts.All(host => _endedBy.Contains(host.PeerId)))
        {
            AllArrived();
        }
        else if (song.Live && !_order.Relays.IsNobody() && _nextChunk == 0)
        {
            Become(Offering);
            Timers.StartSingleTimer(nameof(OfferDue), OfferDue.Instance, OfferDeadline);
            _order.Relays.Tell(new OfferRelay(song));
        }
        else
        {
            Reopen();
        }
    }

    private void Reopen()
    {
        _race.Remove(_receiver);
        _hosts.BeginRound(OpenRoutes!);
        ReplaceHost(null);
    }

    private void ReplaceHost(string? reason)
    {
        _receiver = ActorRefs.Nobody;
        // The receivers that are still running may yet deliver, so the tracker is asked only when none is left.
        if (_race.IsEmpty || _hosts.HasNext)
            Follow(_failover.Next(reason, Patience));
    }

    private void Follow(FailoverStep step)
    {
        switch (step)
        {
            case FailoverStep.TryHost next:
                Notify(next.Notice);
                Receive(next.Route);
                break;
            case FailoverStep.AskTracker ask:
                _log.Debug("asking the tracker for hosts of song {0} in {1}", _order.Id, ask.Delay);
                Become(Asking);
                Notify(ask.Notice);
                if (ask.Delay == TimeSpan.Zero)
                    AskTracker();
                else
                    Timers.StartSingleTimer(nameof(AskDue), AskDue.Instance, ask.Delay);
                break;
            case FailoverStep.GiveUp when _endedBy.Count > 0:
                AllArrived();
                break;
            case FailoverStep.GiveUp giveUp:
                var explanation = _lastFailure is FailureKind.Unreachable ? HostRoutes.Explain(_routes ?? []) : null;
                Fail(explanation is null ? giveUp.Reason : $"{giveUp.Reason}; {explanation}");
                break;
        }
    }

    private void Receive(HostRoute route)
    {
        var host = route.Host;
        _log.Debug("trying {0} ({1}) for song {2} from byte {3}", host.Name, route.Way.Text, _order.Id, _progress.Received);
        _progress.ReceiverChanged();
        var order = new StreamOrder(
            _song!, _order.Own?.Localize(host)
                ?? host, _progress.Received, _order.Pace, _order.Requester, Ahead, !_hosts.HasOther(route.Peer), _progress.Epoch)
        {
            Way = route.Way,
            FromSequence = _nextChunk,
            Title = _title,
            IsRelayed = _order.IsRelayed,
        };
        var receiver = Context.ActorOf(StreamReceiverActor.Props(order, _settings, Self));
        Context.WatchWith(receiver, new ReceiverGone(receiver));
        _race.Add(receiver, route);
        if (_race.MayGrow)
            Timers.StartSingleTimer(nameof(NextHostDue), NextHostDue.Instance, NextHostAfter(route));
        Become(Trying);
    }

    private TimeSpan NextHostAfter(HostRoute route) => _hosts.Peek() switch
    {
        { Way: HostWay.CalledBack or HostWay.Relayed } next when _race.Routes.Any(running => running.Peer == next.Peer) =>
            BeforeCall > _settings.NextHostAfter ? BeforeCall : _settings.NextHostAfter,
        _ when route.Way is HostWay.Local && AfterLocal < _settings.NextHostAfter => AfterLocal,
        _ => _settings.NextHostAfter,
    };

    // The losers send STOP to their hosts.
    private void Won(IActorRef receiver)
    {
        Timers.Cancel(nameof(NextHostDue));
        _receiver = receiver;
        Become(Receiving);
        var started = _race.End(receiver, out var losers);
        foreach (var (loser, route, isSilent) in losers)
        {
            _log.Debug(
                "{0} ({1}) lost the race to send song {2}{3}", route.Host.Name, route.Way.Text, _order.Id, isSilent ? " and sent nothing" : "");
            _hosts.Lost(route, isSilent);
            Context.Unwatch(loser);
            loser.Tell(StopFetch.Instance);
        }

        if (started is not null)
            HostStarted(started);
    }

    private void HostStarted(StreamStarted started)
    {
        var (host, way) = (started.Order.Host, started.Order.Way);
        _log.Debug("{0} ({1}) is sending song {2} from byte {3}", host.Name, way.Text, _order.Id, started.Order.Offset);
        _hosts.Began(host);
        if (started.Tree is { } tree)
            BelieveLength(tree.PayloadLength);
        _owner.Tell(new FetchStarted(_song!, host, _hosts.Known, way) { Live = started.Live });
        if (_earlierAttempt is { } earlier && started.Tree is not null)
            _sinkWork.KeepProven(earlier, started);
        _earlierAttempt = null;
    }

    // A host that says that the feed is over may be wrong. The feed counts as over only if the tracker names no other host.
    private void ConfirmEnd()
    {
        Ended(_receiver);
        _receiver = ActorRefs.Nobody;
        Become(Asking);
        AskTracker();
    }

    private void Ended(IActorRef receiver)
    {
        if (_race.RouteOf(receiver) is { } route)
        {
            _endedBy.Add(route.Host.PeerId);
            _hosts.Ended(route.Host);
        }

        _race.Remove(receiver);
    }

    // Records the next chunk, so that another host can continue from there if it still has that chunk.
    private void Report(ChunksArrived? arrived)
    {
        foreach (var chunk in arrived?.Chunks ?? [])
        {
            (_nextChunk, _title) = (chunk.Sequence + 1, chunk.Title);
            _owner.Tell(new ChunkHeard(chunk));
        }
    }

    // The length from the tracker is unverified. The host's piece hashes match the content hash, so the host's length is correct.
    private void BelieveLength(long payloadBytes)
    {
        if (_song!.Format.PayloadBytes == (ulong)payloadBytes)
            return;
        _log.Debug("song {0} has {1} bytes, not {2} as the tracker said", _order.Id, payloadBytes, _song.Format.PayloadBytes);
        _song = _song.Clone();
        _song.Format.PayloadBytes = (ulong)payloadBytes;
    }

    private void ContinueFrom(EarlierAttemptChecked check, bool replacesReceiver)
    {
        _progress.StepDone();
        Notify(check.Kept.Notice);
        if (check.Kept.Length == check.AskedFrom)
        {
            RunSink();
            return;
        }

        // The earlier attempt left fewer valid bytes than assumed. Drop the bytes received from the assumed offset, and request the missing
        // ones.
        _progress.GoTo(check.Kept.Length);
        if (!replacesReceiver)
            return;
        // The host that was asked first may have been replaced during the check. Each running receiver delivers bytes from the assumed
        // offset, which would be written at the new one.
        var route = _race.Routes.FirstOrDefault() ?? check.Route;
        foreach (var receiver in _race.Receivers.ToList())
        {
            Context.Unwatch(receiver);
            receiver.Tell(StopFetch.Instance);
            _race.Remove(receiver);
        }

        _receiver = ActorRefs.Nobody;
        Receive(route);
    }

    private void AllArrived()
    {
        _log.Debug("all of song {0} has arrived", _order.Id);
        _race.Remove(_receiver);
        _receiver = ActorRefs.Nobody;
        if (_hosts.CorruptHosts.Count > 0)
            Notify($"every byte is verified; {string.Join(", ", _hosts.CorruptHosts)} sent wrong bytes, which other hosts replaced");
        Become(Completing);
        _progress.AllArrived();
        RunSink();
    }

    private void Seek(SeekWithin seek)
    {
        _progress.Seek(seek.Offset, seek.Sink);
        _nextChunk = 0;
        _log.Debug("song {0} continues at byte {1}, epoch {2}", _order.Id, seek.Offset, _progress.Epoch.Number);
        foreach (var receiver in _race.Receivers)
            receiver.Tell(new PlayAgain(_progress.Received, _progress.Epoch));
    }

    private void RunSink()
    {
        if (_sinkWork.Advance(_song))
            _receiver.Tell(new PiecesTaken(Ahead));
    }

    // Each receiver sends STOP to its host before this actor stops.
    private void Stop()
    {
        _sinkWork.Stop();
        Become(Stopping);
        if (_race.IsEmpty)
            Context.Stop(Self);
        foreach (var receiver in _race.Receivers)
            receiver.Tell(StopFetch.Instance);
    }

    private void Notify(string? notice)
    {
        if (notice is not null)
            _owner.Tell(new FetchNotice(notice));
    }

    private void Fail(string reason)
    {
        _log.Debug("giving up on song {0}: {1}", _order.Id, reason);
        _owner.Tell(new FetchFailed(reason, _progress.Sink)
        {
            Error = _lastError,
            IsTrackerUnavailable = _isWithoutTracker,
            IsUnreached = _isWithoutTracker || _lastFailure is FailureKind.Unreachable,
        });
        Context.Stop(Self);
    }

    private sealed record ReceiverGone(IActorRef Receiver) : ILocalMessage, IDeadLetterSuppression;

    private sealed record NextHostDue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly NextHostDue Instance = new();
    }

    private sealed record OfferDue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly OfferDue Instance = new();
    }

    private sealed record AskDue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly AskDue Instance = new();
    }
}
