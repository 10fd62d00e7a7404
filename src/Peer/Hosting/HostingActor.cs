using Akka.Actor;
using Akka.Event;
using TspActors.Configuration;
using TspActors.Media.Library;
using TspActors.Peer.Hosting.Covers;
using TspActors.Peer.Hosting.Limits;
using TspActors.Peer.Hosting.Live;
using TspActors.Peer.Hosting.Streams;
using TspActors.Peer.Library;
using TspActors.Peer.Live;
using TspActors.Peer.Reaching;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Hosting;

/// <summary>
/// Admits streams as <see cref="StreamAdmission"/> decides, creates a StreamSessionActor for each one, divides the upload bandwidth among
/// the streams, and publishes the host's load for the tracker.
/// </summary>
/// <remarks>Supervision: a stream that fails is stopped. Its session sends an ERROR to the requester, which tries another host.</remarks>
internal sealed class HostingActor : UntypedActor, IWithTimers
{
    private const int MaxListed = 200;

    private static readonly TimeSpan ScheduleCheck = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private HostingSettings _configured;
    private readonly StreamResources _resources;
    private readonly IActorRef _library;
    private readonly TimeProvider _time;
    private readonly TimeSpan _liveHeld;
    private readonly StreamAdmission _admission;
    private readonly UploadBudget<IActorRef> _budget = new();
    private readonly Dictionary<IActorRef, Slot> _active = [];
    private readonly Dictionary<IActorRef, StreamClaim> _kept = [];
    private HostingSettings _settings;
    private readonly SharedCovers? _covers;
    private Rate _upload;
    private long _streams;
    private bool _refusing;
    private ReportLoad? _reported;

    public HostingActor(
        HostingSettings settings, Func<SongFile, byte[]?> leaves, IActorRef library, TimeProvider time, TimeSpan liveHeld,
        HostingCounts counts, SharedCovers? covers)
    {
        _covers = covers;
        _liveHeld = liveHeld;
        _configured = settings;
        _settings = settings;
        _resources = StreamResources.Create(settings, leaves, counts);
        _library = library;
        _time = time;
        _admission = new StreamAdmission(settings);
    }

    /// <param name="settings">The limits and the pace of the streams.</param>
    /// <param name="leaves">Returns the leaves of a song's Merkle tree, or null when the index has none. Called on pool threads.</param>
    /// <param name="library">The actor that rescans a changed file.</param>
    /// <param name="time">The clock; null = the system clock.</param>
    /// <param name="liveHeld">How much audio a live feed keeps; null = the default.</param>
    /// <param name="counts">This host's counters; null if nothing reads them.</param>
    /// <param name="covers">The shared covers, which also obey the upload limit; null = none.</param>
    public static Props Props(
        HostingSettings settings, Func<SongFile, byte[]?> leaves, IActorRef library, TimeProvider? time = null,
        TimeSpan? liveHeld = null, HostingCounts? counts = null, SharedCovers? covers = null) =>
        Akka.Actor.Props.Create(
            () => new HostingActor(
                settings, leaves, library, time ?? TimeProvider.System, liveHeld ?? new LiveSettings().Held,
                counts ?? new HostingCounts(), covers));

    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Now => _time.GetElapsedTime(0);

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(LoadWanted));
        ApplyLimits();
    }

    protected override void PostStop() => _resources.Dispose();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AskUpload ask:
                _budget.Ask(Sender, ask.Bytes, Now);
                Grant();
                break;
            case GrantDue:
                Grant();
                break;
            case AdmitStream admit:
                Admit(admit);
                break;
            case AskRoom ask:
                Sender.Tell(new RoomAnswer(ask.Tag, FindRoom(ask)));
                break;
            case StreamOver:
                Leave(Sender);
                break;
            case StreamGone gone:
                Leave(gone.Stream);
                break;
            case StreamRateChanged changed:
                ChangeRate(Sender, changed.BytesPerSecond);
                break;
            case KeepSlot keep:
                Keep(keep.Stream);
                break;
            case Terminated gone:
                Release(gone.ActorRef);
                break;
            case ChangeLimit change:
                Change(change);
                break;
            case ConfigureLimits configure:
                _configured = HostingLimit.RestoreAll(_configured, configure.Settings);
                _settings = HostingLimit.RestoreAll(_settings, configure.Settings);
                ApplyLimits();
                break;
            case ReportDue:
                Report();
                break;
            case LoadWanted:
                _reported = null;
                Report();
                break;
            case CheckSchedule:
                ApplyLimits();
                break;
            case RefuseStreams:
                _refusing = true;
                break;
            case GetHostingStatus:
                Sender.Tell(Status());
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void Admit(AdmitStream admit)
    {
        var id = admit.Song.Id;
        var replaced = Forget(Sender);
        if (_refusing)
        {
            const string reason = "this host is shutting down";
            LogRefusal(admit, reason);
            _resources.Counts.AddRefused(ErrorCode.ShuttingDown);
            Sender.Tell(new StreamRefused(Errors.Frame(ErrorCode.ShuttingDown, reason, id, _settings.BusyRetryAfter)));
            return;
        }

        var claim = ClaimOf(admit.Requester, admit.Song, admit.Request.Pace);
        if (_admission.Ask(claim, Now, replaced) is { } refusal)
        {
            if (replaced is not null)
                _admission.Freed(Now);
            LogRefusal(admit, refusal.Message);
            _resources.Counts.AddRefused(refusal.Code);
            Sender.Tell(new StreamRefused(Errors.Frame(refusal.Code, refusal.Message, id, refusal.RetryAfter, refusal.QueuePlace),
                refusal.Pause, refusal.Cuts));
            Report();
            return;
        }

        if (_admission.NetworkToCut is { } network)
            CutNewest(network);
        var stream = Context.ActorOf(
            admit.Song.Feed is null
                ? StreamSessionActor.Props(admit.Song, admit.Request, _settings, _resources, admit.Connection, Sender, _library)
                : LiveSessionActor.Props(admit.Song, admit.Request, _liveHeld, admit.Connection, Sender, _resources.Counts),
            $"{++_streams}");
        Context.WatchWith(stream, new StreamGone(stream));
        _log.Debug("{0} (peer {1}) is admitted: song {2}, stream {3}", admit.Requester.Address, admit.Requester.Peer, id, _streams);
        _resources.Counts.AddStream();
        _active.Add(stream, new Slot(_streams, admit.Song, claim, Sender, admit.Connection));
        _budget.Add(stream, claim.RealTimeRate, Now);
        if (_budget.IsLimited)
            stream.Tell(new LimitUpload(true));
        Report();
        // The session must be notified of the stream before the stream can end.
        Sender.Tell(new StreamAdmitted(stream));
        stream.Tell(StartStream.Instance);
    }

    private void LogRefusal(AdmitStream admit, string reason) => _log.Debug(
        "{0} (peer {1}) is refused: song {2}: {3}", admit.Requester.Address, admit.Requester.Peer, admit.Song.Id, reason);

    // No slot is reserved, because the requester asks for its stream as soon as it has connected.
    private AdmissionRefusal? FindRoom(AskRoom ask)
    {
        if (_refusing)
            return new AdmissionRefusal(ErrorCode.ShuttingDown, "this host is shutting down", _settings.BusyRetryAfter);
        var claim = ClaimOf(ask.Requester, ask.Song, Pace.Realtime);
        var refusal = _admission.FindRoom(claim, Now);
        if (refusal is not null)
            Report();
        // A song that needs more than the upload limit in real time can still be saved, and only the PLAY shows whether the requester wants
        // to play it or to save it.
        return refusal?.Code == ErrorCode.Forbidden ? null : refusal;
    }

    private static StreamClaim ClaimOf(RequesterKey requester, OwnSong song, Pace pace) =>
        new(requester, song.Id, RealTimeRate(song, pace)) { IsLive = song.Feed is not null };

    // A song of unknown duration cannot be paced, so it is sent at full speed. For a feed, the measured bitrate is preferred, because the
    // listed one changes less often.
    private static double RealTimeRate(OwnSong song, Pace pace) =>
        song.Feed is { } feed ? (feed.BitrateBps > 0 ? feed.BitrateBps : song.File.Format.BitrateBps) / 8.0
        : pace == Pace.Full || song.File.Format.DurationMs == 0
        ? 0
        : song.File.PayloadLength * 1000.0 / song.File.Format.DurationMs;

    private void Leave(IActorRef stream)
    {
        if (!_active.Remove(stream, out var slot))
            return;
        _budget.Remove(stream);
        if (slot.IsKept)
        {
            // The claim counts until the session asks for its next stream or stops, so that no other session takes the slot.
            _kept[slot.Session] = slot.Claim;
            Context.Watch(slot.Session);
        }
        else
        {
            _admission.Leave(slot.Claim, Now);
        }

        Report();
        // This stream's upload request may have held up other streams' requests.
        Grant();
    }

    private void ChangeRate(IActorRef stream, double bytesPerSecond)
    {
        if (!_active.TryGetValue(stream, out var slot) || slot.Claim.RealTimeRate == bytesPerSecond)
            return;
        var former = slot.Claim;
        slot.Claim = former with { RealTimeRate = bytesPerSecond };
        _admission.Change(former, slot.Claim);
        _budget.Change(stream, bytesPerSecond, Now);
        EndExcessStreams();
        Report();
    }

    private void Keep(IActorRef stream)
    {
        if (_active.TryGetValue(stream, out var slot))
            slot.IsKept = true;
    }

    private void Release(IActorRef session)
    {
        if (Forget(session) is null)
            return;
        _admission.Freed(Now);
        Report();
    }

    private StreamClaim? Forget(IActorRef session)
    {
        if (!_kept.Remove(session, out var claim))
            return null;
        Context.Unwatch(session);
        _admission.Leave(claim, Now, forReplacement: true);
        return claim;
    }

    private void Change(ChangeLimit change)
    {
        if (HostingLimit.Find(change.Name) is not { } limit)
        {
            Sender.Tell(new LimitRefused(
                $"there is no limit \"{change.Name}\"; the limits are {string.Join(", ", HostingLimit.All.Select(known => known.Name))}"));
            return;
        }

        var changed = change.Value == HostingLimit.Configured
            ? limit.Restore(_settings, _configured)
            : limit.Change(_settings, change.Value);
        if (changed is null)
        {
            Sender.Tell(new LimitRefused(
                $"{limit.Name} cannot be \"{change.Value}\"; write {limit.Rule}, or {HostingLimit.Configured} for the configured value"));
            return;
        }

        _settings = changed;
        ApplyLimits();
        Sender.Tell(Status());
    }

    private void ApplyLimits()
    {
        var limits = _settings.Limits;
        _upload = limits.UploadSchedule.At(TimeOnly.FromDateTime(_time.GetLocalNow().DateTime)) ?? limits.MaxUpload;
        var wasLimited = _budget.IsLimited;
        _budget.SetLimits(_upload, limits.MaxUploadPerStream, limits.UploadBurst, Now);
        _admission.SetLimits(_settings, _upload);
        _covers?.SetLimit(_upload);
        if (wasLimited != _budget.IsLimited)
        {
            foreach (var stream in _active.Keys)
                stream.Tell(new LimitUpload(_budget.IsLimited));
        }

        EndExcessStreams();
        Grant();
        Report();
        if (limits.UploadSchedule.IsEmpty)
            Timers.Cancel(CheckSchedule.Instance);
        else if (!Timers.IsTimerActive(CheckSchedule.Instance))
            Timers.StartPeriodicTimer(CheckSchedule.Instance, CheckSchedule.Instance, ScheduleCheck);
    }

    // Ends the newest real-time streams, because it is better for some listeners to change hosts than for all of them to hear gaps.
    private void EndExcessStreams()
    {
        if (!_admission.Overcommitted)
            return;
        foreach (var (stream, slot) in _active.Where(entry => !entry.Value.Claim.IsDownload).OrderByDescending(
            entry => entry.Value.Number).ToList())
        {
            if (!_admission.Overcommitted)
                return;
            _active.Remove(stream);
            _budget.Remove(stream);
            _admission.Leave(slot.Claim, Now, forReplacement: true);
            stream.Tell(new EndStream(Errors.Frame(
                ErrorCode.Busy, $"this host's upload limit is {_upload}, and earlier streams are using all of it", slot.Claim.SongId,
                _settings.BusyRetryAfter)));
        }
    }

    // Drops the connection of the network's newest stream without an ERROR, because the buffers of a listener that never reads would stay
    // in use until the ERROR is sent.
    private void CutNewest(AddressGroup network)
    {
        var streams = _active.Where(entry => StreamAdmission.NetworkOf(entry.Value.Claim) == network).ToList();
        if (streams.Count == 0)
            return;
        var (stream, slot) = streams.MaxBy(entry => entry.Value.Number);
        _active.Remove(stream);
        _budget.Remove(stream);
        _admission.Leave(slot.Claim, Now, forReplacement: true);
        slot.Connection.Tell(AbortConnection.Instance);
    }

    private void Grant()
    {
        while (_budget.TryGrant(Now, out var stream))
            stream.Tell(UploadGranted.Instance);
        if (_budget.NextIn(Now) is { } wait)
            Timers.StartSingleTimer(GrantDue.Instance, GrantDue.Instance, wait);
    }

    private HostingStatus Status() => new(
        _admission.Active, _admission.Allowed(Now), _admission.Downloads, _admission.RealTimeRate, _admission.Waiting, _settings,
        _configured, _upload)
    {
        Streams = [.. _active.Values.OrderByDescending(slot => slot.Number).Take(MaxListed).Select(slot => slot.Describe())],
    };

    private void Report()
    {
        var load = new ReportLoad(_admission.Active, _admission.Announced(Now));
        // The queue drops a requester that does not come back, but sends no message about it, so the load is checked again later.
        if (_admission.Waiting > 0)
            Timers.StartSingleTimer(ReportDue.Instance, ReportDue.Instance, ReportInterval);
        if (load == _reported)
            return;
        _reported = load;
        Context.System.EventStream.Publish(load);
    }

    private sealed class Slot(long number, OwnSong song, StreamClaim claim, IActorRef session, IActorRef connection)
    {
        public long Number => number;

        public StreamClaim Claim { get; set; } = claim;

        public IActorRef Session => session;

        public IActorRef Connection => connection;

        public bool IsKept { get; set; }

        public HostedStream Describe() => new(song, Claim.Requester.Peer, Claim.IsDownload);
    }

    private sealed record StreamGone(IActorRef Stream) : ILocalMessage;

    private sealed record GrantDue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly GrantDue Instance = new();
    }

    private sealed record ReportDue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly ReportDue Instance = new();
    }

    private sealed record CheckSchedule : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly CheckSchedule Instance = new();
    }
}
