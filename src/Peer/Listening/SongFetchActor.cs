using System.Globalization;
using Akka.Actor;
using Akka.Event;
using TspActors.Media.Hashing;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Listening;

/// <summary>Gets one song into a sink, from whichever host has it: a host that fails is replaced by the next, from the exact byte it got to.</summary>
/// <remarks>
/// <code>
/// Asking  → PlayGrant → Trying            refused, no tracker, deadline → next round or FetchFailed
/// Trying  → StreamStarted → Writing       StreamFailed → next host; none left → Asking (after a short wait)
/// any     → SeekWithin → the same receiver asks its host again (PlayAgain); what belongs to an earlier seek is passed over
/// Writing → PiecesArrived → sink → PiecesTaken; StreamFinished → sink completes → FetchCompleted
/// </code>
/// The sink is its creator's: it is told nothing more once this actor is stopped. One StreamReceiverActor child at a time.
/// </remarks>
internal sealed class SongFetchActor : UntypedActor, IWithTimers
{
    private const string AskTimer = "ask";

    // A week of music; what is kept in memory of a song grows with its length.
    private const ulong LongestPayload = 16UL << 30;

    private readonly FetchOrder _order;
    private readonly ListeningSettings _settings;
    private readonly IActorRef _trackerLink;
    private readonly IActorRef _owner;
    private readonly HostSelection _trials;
    private readonly CancellationTokenSource _stopped = new();
    private readonly Queue<ReadOnlyMemory<byte>> _unwritten = new();
    private ISongSink _sink;
    private int _seek;
    private IActorRef _receiver = ActorRefs.Nobody;
    private Song? _song;
    private long _received;
    private bool _started;
    private bool _writing;
    private bool _finished;
    private bool _owesReceiver;
    private bool _stopping;
    private BusyNotice? _busy;
    private string _lastFailure = "nobody who has it is online";

    public SongFetchActor(FetchOrder order, ListeningSettings settings, IActorRef trackerLink, IActorRef owner)
    {
        _order = order;
        _settings = settings;
        _trackerLink = trackerLink;
        _owner = owner;
        _trials = new HostSelection(settings.Rounds, settings.BusyTimeout, order.Known);
        _received = order.Offset;
        _sink = order.Sink;
    }

    public static Props Props(FetchOrder order, ListeningSettings settings, IActorRef trackerLink, IActorRef owner) =>
        Akka.Actor.Props.Create(() => new SongFetchActor(order, settings, trackerLink, owner));

    public ITimerScheduler Timers { get; set; } = null!;

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart() => _trackerLink.Tell(new FindHosts(_order.Id));

    protected override void PostStop() => _stopped.Cancel();

    protected override void OnReceive(object message)
    {
        if (_stopping)
        {
            if (message is ReceiverGone)
                Context.Stop(Self);
            return;
        }

        switch (message)
        {
            case StopFetch:
                Stop();
                break;
            case SeekWithin seek:
                Seek(seek);
                break;
            case PiecesArrived arrived when Sender.Equals(_receiver) && arrived.Seek == _seek:
                _trials.Progressed();
                foreach (var piece in arrived.Pieces)
                {
                    _received += piece.Length;
                    _unwritten.Enqueue(piece);
                }

                _owesReceiver = true;
                Write();
                break;
            case Written written when written.Seek == _seek:
                _writing = false;
                Write();
                break;
            case SinkFailed failed when failed.Seek == _seek:
                Fail(failed.Reason);
                break;
            case StreamStarted started when Sender.Equals(_receiver):
                _trials.Began(started.Order.Host);
                _owner.Tell(new FetchStarted(_song!, started.Order.Host, _trials.Known));
                if (!_started && _order.Sink is IResumableSink sink)
                    KeepProven(sink, started);
                _started = true;
                break;
            case EarlierTryChecked earlier:
                GoOnFrom(earlier);
                break;
            case StreamFinished finished when Sender.Equals(_receiver) && finished.Seek == _seek:
                Finish();
                break;
            case StreamFinished when Sender.Equals(_receiver):
                // It was done before it heard of the seek.
                Reopen();
                break;
            case StreamFailed when Sender.Equals(_receiver) && _started && _received == (long)_song!.Format.PayloadBytes:
                // It was cut before it said that this was all, but all of it is here and proven.
                Finish();
                break;
            case StreamFailed failure when Sender.Equals(_receiver):
                _receiver = ActorRefs.Nobody;
                _trials.Failed(failure);
                _lastFailure = failure.Reason;
                _busy = BusyNotice.SoonerOf(_busy, failure);
                TryNext(failure.Reason);
                break;
            case ReceiverGone gone when gone.Receiver.Equals(_receiver):
                _receiver = ActorRefs.Nobody;
                TryNext("the connection to the host failed");
                break;
            case PlayGrant grant:
                Granted(grant);
                break;
            case TrackerRefused refused:
                if (_song is null)
                    Fail(refused.Error.Message);
                else if (refused.Error.Code == ErrorCode.NoHost)
                    AskAgain(refused.Error.Message);
                else
                    TryKnownHosts(refused.Error.Message);
                break;
            case TrackerUnavailable unavailable:
                if (_song is null)
                    Fail(unavailable.Reason);
                else
                    TryKnownHosts(unavailable.Reason);
                break;
            case AskHosts:
                _trackerLink.Tell(new FindHosts(_order.Id));
                break;
            case SinkCompleted completed when completed.Seek == _seek:
                _owner.Tell(new FetchCompleted(_song!, _seek));
                Context.Stop(Self);
                break;
        }
    }

    private void Seek(SeekWithin seek)
    {
        var wasFinished = _finished;
        (_seek, _sink, _received) = (seek.Seek, seek.Sink, seek.Offset);
        _writing = _finished = _owesReceiver = false;
        _unwritten.Clear();
        if (!_receiver.IsNobody())
            _receiver.Tell(new PlayAgain(_received, _seek));
        else if (wasFinished)
            Reopen();
    }

    // The hosts may be there even when the tracker is not, or has been started anew and does not know them yet.
    private void TryKnownHosts(string reason)
    {
        _trials.BeginRound(_song!.Hosts);
        TryNext(reason);
    }

    private void Reopen()
    {
        _receiver = ActorRefs.Nobody;
        _trials.BeginRound(_song!.Hosts);
        TryNext(null);
    }

    private void Granted(PlayGrant grant)
    {
        if (grant.Song.Live || grant.Song.Format is null || grant.Song.Format.PayloadBytes == 0)
        {
            Fail($"song {_order.Id} is a live feed, which this version cannot play");
            return;
        }

        if (grant.Song.Format.PayloadBytes > LongestPayload)
        {
            Fail($"song {_order.Id} is said to be {grant.Song.Format.PayloadBytes} bytes long, which no song is");
            return;
        }

        if (_song is not null && _song.ContentHash != grant.Song.ContentHash)
        {
            Fail($"song {_order.Id} is another song now");
            return;
        }

        if (_order.Offset > (long)grant.Song.Format.PayloadBytes)
        {
            Fail($"song {_order.Id} ends before that");
            return;
        }

        if (_song is null && _order.Sink is IResumableSink earlier)
            _received = WholePieces(earlier.Found, (long)grant.Song.Format.PayloadBytes);
        _song = grant.Song;
        _trials.BeginRound(grant.Song.Hosts);
        TryNext(null);
    }

    private void TryNext(string? failure)
    {
        if (_trials.Next() is not { } host)
        {
            AskAgain(failure ?? _lastFailure);
            return;
        }

        if (failure is not null)
            _owner.Tell(new FetchNotice($"{failure}; going on with {host.Name}"));
        Receive(host);
    }

    private void Receive(Host host)
    {
        var reachable = _order.Own is { } own && host.PeerId.Span.SequenceEqual(own.Peer.ToArray())
            ? new Host(host) { Address = own.Address, Port = (uint)own.Port }
            : host;
        _owesReceiver = false;
        _receiver = Context.ActorOf(StreamReceiverActor.Props(
            new StreamOrder(_song!, reachable, _received, _order.Pace, _order.Requester, _sink.Ahead, !_trials.HasNext, _seek), _settings, Self));
        Context.WatchWith(_receiver, new ReceiverGone(_receiver));
    }

    // What an earlier try left is not asked for again, on trust; whether it is the song's shows when the host has sent the piece hashes.
    private static long WholePieces(long bytes, long payloadBytes) =>
        bytes >= payloadBytes ? payloadBytes : PieceChecker.StartOf(bytes, MerkleTree.PieceBytes(payloadBytes));

    private void KeepProven(IResumableSink sink, StreamStarted started)
    {
        _writing = true;
        Run(KeepAsync());

        async Task<object> KeepAsync() =>
            new EarlierTryChecked(await sink.KeepProvenAsync(started.Tree, _stopped.Token).ConfigureAwait(false), started.Order.Offset, started.Order.Host);
    }

    private void GoOnFrom(EarlierTryChecked earlier)
    {
        _writing = false;
        if (earlier.Kept.Notice is { } notice)
            _owner.Tell(new FetchNotice(notice));
        if (earlier.Kept.Length == earlier.AskedFrom)
        {
            Write();
            return;
        }

        // Less of it is right than was thought: what is missing is asked for anew, and what came from further on is dropped.
        var isAsking = _receiver.IsNobody() && !_finished;
        _unwritten.Clear();
        _finished = false;
        _received = earlier.Kept.Length;
        if (isAsking)
            return;
        Context.Unwatch(_receiver);
        _receiver.Tell(StopFetch.Instance);
        Receive(earlier.Host);
    }

    private void Finish()
    {
        _receiver = ActorRefs.Nobody;
        _finished = true;
        if (_trials.CorruptHosts.Count > 0)
            _owner.Tell(new FetchNotice($"every byte is verified; the wrong ones from {string.Join(", ", _trials.CorruptHosts)} were fetched again elsewhere"));
        Write();
    }

    private void AskAgain(string reason)
    {
        var round = _trials.EndRound();
        var busy = _busy;
        _busy = null;
        if (_trials.IsExhausted && !CanWait())
        {
            var corrupt = _trials.CorruptHosts.Count > 0 ? $" (wrong bytes came from {string.Join(", ", _trials.CorruptHosts)})" : "";
            Fail($"no host could send song {_order.Id}{corrupt}; the last one: {reason}");
            return;
        }

        var delay = round.Progressed ? TimeSpan.Zero : round.BusyFor ?? _settings.RoundDelay;
        if (delay <= TimeSpan.Zero)
        {
            _trackerLink.Tell(new FindHosts(_order.Id));
            return;
        }

        if (busy is not null)
            _owner.Tell(new FetchNotice(busy.Text));
        // While hosts are waited for, the tracker is asked in silence whether there is another one.
        else if (_song is not null && round.BusyFor is null)
            _owner.Tell(new FetchNotice(string.Create(CultureInfo.InvariantCulture, $"{reason}; asking the tracker again in {delay.TotalSeconds:0.#} s")));
        Timers.StartSingleTimer(AskTimer, AskHosts.Instance, delay);
    }

    // As long as there is sound to be heard somebody may come back.
    private bool CanWait() => _sink.Ahead is var ahead && ahead < TimeSpan.MaxValue && ahead > _settings.RoundDelay + TimeSpan.FromSeconds(2);

    private void Write()
    {
        if (_writing)
            return;
        if (_unwritten.TryDequeue(out var piece))
        {
            _writing = true;
            Run(_sink.WriteAsync(piece, _stopped.Token), new Written(_seek));
        }
        else if (_finished)
        {
            _writing = true;
            Run(_sink.CompleteAsync(_song!, _stopped.Token), new SinkCompleted(_seek));
        }
        else if (_owesReceiver)
        {
            _owesReceiver = false;
            _receiver.Tell(new PiecesTaken(_sink.Ahead, _seek));
        }
    }

    private void Run(ValueTask work, object whenDone)
    {
        Run(RunAsync(work, whenDone));

        static async Task<object> RunAsync(ValueTask work, object whenDone)
        {
            await work.ConfigureAwait(false);
            return whenDone;
        }
    }

    private void Run(Task<object> work)
    {
        var seek = _seek;
        RunAsync(work, seek).PipeTo(Self, failure: error => new SinkFailed(error.GetBaseException().Message, seek));

        static async Task<object> RunAsync(Task<object> work, int seek)
        {
            try
            {
                return await work.ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Somebody else writes there now: a seek is about to come, or the end.
                return new SinkLeft();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return new SinkFailed(error.Message, seek);
            }
        }
    }

    // The host is told to stop before the connection goes.
    private void Stop()
    {
        _stopping = true;
        _stopped.Cancel();
        if (_receiver.IsNobody())
            Context.Stop(Self);
        else
            _receiver.Tell(StopFetch.Instance);
    }

    private void Fail(string reason)
    {
        _owner.Tell(new FetchFailed(reason, _seek));
        Context.Stop(Self);
    }

    private sealed record Written(int Seek) : ILocalMessage, IDeadLetterSuppression;

    private sealed record SinkCompleted(int Seek) : ILocalMessage, IDeadLetterSuppression;

    private sealed record SinkFailed(string Reason, int Seek) : ILocalMessage, IDeadLetterSuppression;

    private sealed record SinkLeft : ILocalMessage, IDeadLetterSuppression;

    private sealed record EarlierTryChecked(KeptBytes Kept, long AskedFrom, Host Host) : ILocalMessage, IDeadLetterSuppression;

    private sealed record ReceiverGone(IActorRef Receiver) : ILocalMessage, IDeadLetterSuppression;

    private sealed record AskHosts : ILocalMessage
    {
        public static readonly AskHosts Instance = new();
    }
}

/// <summary>One song into one sink.</summary>
/// <param name="Id">The song.</param>
/// <param name="Offset">First payload byte wanted.</param>
/// <param name="Pace">At real time, or as fast as it comes.</param>
/// <param name="Sink">Where it goes.</param>
/// <param name="Requester">Who asks.</param>
/// <param name="Own">Where this peer's own songs are had, when it hosts: not by the address that others see.</param>
/// <param name="Known">What an earlier fetch of the song has learnt.</param>
internal sealed record FetchOrder(int Id, long Offset, Pace Pace, ISongSink Sink, Requester Requester, OwnHost? Own, KnownHosts Known);

/// <summary>This peer's own hosting, as it reaches it itself.</summary>
internal sealed record OwnHost(PeerId Peer, string Address, int Port);
