using System.Security.Cryptography;
using Akka.Actor;
using Akka.Event;
using TspActors.Peer.Live.Sources;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Live.Feeds;

/// <summary>Makes one of this peer's live feeds: cuts its source's audio into signed chunks, and sends them to the listeners.</summary>
/// <remarks>
/// <code>
/// OffAir     → the first chunk from a source → OnAir: notifies the parent, which shares the feed
/// OnAir      → no frame for too long, or the source is gone → Holding: silence; opens the fallback if there is one
/// Holding    → a chunk from the source → OnAir          a chunk from the fallback → OnFallback
///            → held for too long, without a fallback → OffAir: FeedEnded to the listeners
/// OnFallback → a frame from the source → OnAir          no frame for too long → Holding
/// any        → EndFeed → FeedEnded to the listeners; stops
/// </code>
/// The source is a child, unless it is a program that connects to the IcecastDoorActor. A child that stops is restarted after a while,
/// unless it is standard input. A source has at most one SourceBytes in flight. Together with the limit on the audio that the feed
/// keeps, this bounds the feed's memory.
/// </remarks>
internal sealed class FeedActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(5);

    // A fallback has at least this much time to open and to send its first frame.
    private static readonly TimeSpan FallbackTimeout = TimeSpan.FromSeconds(10);

    // The pause before more bytes are accepted from a source that has sent bytes without a single frame.
    private static readonly TimeSpan JunkPause = TimeSpan.FromMilliseconds(100);


    private readonly FeedSettings _feed;
    private readonly FeedTimes _times;
    private readonly FeedIdentity _identity;
    private readonly ECDsa _key;
    private readonly FeedSources _sources;
    private readonly TimeProvider _time;
    private readonly LiveRing _ring;
    private readonly FeedListeners _listeners;
    private readonly SourceAbsence _absence;
    private readonly List<ChunkBuilder.BuiltChunk> _built = [];
    private IActorRef _child = ActorRefs.Nobody;
    private SourceInput? _main;
    private SourceInput? _fallback;
    private FeedFlow? _flow;
    private FeedSnapshot? _snapshot;
    private FeedTitle? _userTitle;
    private AudioFormat _format = new();
    private FeedBitrate _bitrate = new();
    private ulong _sequence;
    private string _state = "off the air";
    private bool _isHolding;

    public FeedActor(FeedSettings feed, LiveSettings settings, FeedIdentity identity, ECDsa key, FeedSources sources, TimeProvider time)
    {
        _feed = feed;
        _times = FeedTimes.Of(feed, settings);
        _identity = identity;
        _key = key;
        _sources = sources;
        _time = time;
        _ring = new LiveRing(_times.Held);
        _listeners = new FeedListeners(feed.MaxListeners);
        _absence = new SourceAbsence(_times);
    }

    /// <param name="feed">The feed's settings.</param>
    /// <param name="settings">The settings that apply to all feeds.</param>
    /// <param name="identity">The feed's identity.</param>
    /// <param name="key">This peer's private key. The actor disposes of it.</param>
    /// <param name="sources">Creates the sources that are children of this actor.</param>
    /// <param name="time">The clock; null = the system clock.</param>
    public static Props Props(
        FeedSettings feed, LiveSettings settings, FeedIdentity identity, ECDsa key, FeedSources sources, TimeProvider? time = null) =>
        Akka.Actor.Props.Create(() => new FeedActor(feed, settings, identity, key, sources, time ?? TimeProvider.System));

    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Now => _time.GetElapsedTime(0);

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart() => OpenMain();

    protected override void PostStop()
    {
        EndListening();
        _key.Dispose();
    }

    protected override void OnReceive(object message) => OffAir(message);

    private void OffAir(object message)
    {
        switch (message)
        {
            case SourceBytes bytes when IsMain:
                Take(_main!, bytes);
                if (_built.Count > 0)
                    GoOnAir();
                break;
            case Tick when _main is not null && _flow is not null:
                Continue(_main);
                if (_built.Count > 0)
                    GoOnAir();
                break;
            default:
                InAnyState(message);
                break;
        }
    }

    private void OnAir(object message)
    {
        switch (message)
        {
            case SourceBytes bytes when IsMain:
                Take(_main!, bytes);
                Publish(_main?.Title ?? FeedTitle.None);
                break;
            case Tick:
                if (_main is not null)
                    Continue(_main);
                Publish(_main?.Title ?? FeedTitle.None);
                if (_flow!.IsSilent(Now))
                    StartHolding();
                break;
            default:
                InAnyState(message);
                break;
        }
    }

    private void Holding(object message)
    {
        switch (message)
        {
            case SourceBytes bytes when IsMain || IsFallback:
                var input = IsMain ? _main! : _fallback!;
                Take(input, bytes);
                if (input.HasHadFrame)
                    ResumeWith(input);
                break;
            case Tick:
                foreach (var waiting in new[] { _main, _fallback })
                {
                    if (waiting is not null)
                        Continue(waiting);
                }

                _flow!.FillSilence(Now, _built);
                Publish(FeedTitle.None);
                // A fallback that sends no audio does not keep a feed on the air.
                if (_absence.IsTooLong(Now) && (_feed.Fallback.Length == 0 || Now - _flow.LastFrameAt > FallbackTimeout))
                    GoOffAir("the source has sent nothing for too long");
                break;
            default:
                InAnyState(message);
                break;
        }
    }

    private void OnFallback(object message)
    {
        switch (message)
        {
            case SourceBytes bytes when IsMain:
                _main!.Add(bytes.Bytes);
                TryResumeMain();
                break;
            case SourceBytes bytes when IsFallback:
                Take(_fallback!, bytes);
                Publish(_fallback?.Title ?? FeedTitle.None);
                break;
            case Tick when TryResumeMain():
                break;
            case Tick:
                if (_fallback is not null)
                    Continue(_fallback);
                Publish(_fallback?.Title ?? FeedTitle.None);
                if (_flow!.IsSilent(Now))
                    StartHolding();
                break;
            default:
                InAnyState(message);
                break;
        }
    }

    // While the fallback is playing, the feed is usually as far ahead of real time as it may be. As soon as the feed may accept more
    // audio, the source takes precedence over the fallback.
    private bool TryResumeMain()
    {
        if (_main is not { IsWaiting: true } main || _flow!.IsAhead(main, Now))
            return false;
        _flow.End(_built);
        Publish(_fallback?.Title ?? FeedTitle.None);
        Continue(main);
        if (main.HasHadFrame)
            ResumeWith(main);
        return main.HasHadFrame;
    }

    private void InAnyState(object message)
    {
        switch (message)
        {
            case OpenSource open:
                Accept(open);
                break;
            case SourceTitle title when InputOf(Sender) is { } input:
                Retitle(input, FeedTitle.Read(title.Title, input.NewestTitle));
                break;
            case SourceClosed closed:
                Close(Sender, closed.Reason);
                break;
            case Terminated gone:
                Close(gone.ActorRef, "it stopped");
                // Standard input cannot be reopened once it has ended. The exit of a command never leads here, because its actor keeps
                // running and restarts the command.
                if (gone.ActorRef.Equals(_child) && _feed.Source is not FeedSource.StandardInput)
                    Timers.StartSingleTimer(RestartSource.Instance, RestartSource.Instance, RestartDelay);
                break;
            case SetTitle set:
                EndChunk(Title);
                _userTitle = FeedTitle.Read(set.Title);
                break;
            case SkipSong:
                (_main ?? _fallback)?.Source.Forward(message);
                break;
            case JoinFeed join:
                Join(join);
                break;
            case FeedListeners.Gone gone:
                _listeners.Remove(gone.Listener);
                break;
            case ListenerSkipped:
                _listeners.Skipped++;
                break;
            case GetFeedStatus:
                Sender.Tell(new FeedStatus(_feed.Name, _state, _listeners.Count, Title.Text, _listeners.Skipped));
                break;
            case RestartSource:
                OpenMain();
                break;
            case ResumeJunk resume when InputOf(resume.Source) is { IsWaiting: true } input:
                Acknowledge(input);
                break;
            case EndFeed:
                if (_snapshot is not null)
                    GoOffAir("the feed was ended");
                _main?.Source.Tell(new DropSource("the feed was ended"));
                Context.Stop(Self);
                break;
        }
    }

    private bool IsMain => _main is not null && Sender.Equals(_main.Source);

    private bool IsFallback => _fallback is not null && Sender.Equals(_fallback.Source);

    private FeedTitle Title => _snapshot?.Edge.Title ?? FeedTitle.None;

    private SourceInput? InputOf(IActorRef source) =>
        _main is not null && source.Equals(_main.Source) ? _main
        : _fallback is not null && source.Equals(_fallback.Source) ? _fallback
        : null;

    private void OpenMain()
    {
        if (_sources.MakeMain(_feed) is { } props)
            _child = Context.Watch(Context.ActorOf(props));
    }

    private void Accept(OpenSource open)
    {
        var isFallback = open.Source.Path.Name.StartsWith(FeedSources.FallbackName, StringComparison.Ordinal)
            && open.Source.Path.Parent.Equals(Self.Path);
        // A fallback that opens after the source has come back is no longer needed.
        if (isFallback ? _fallback is not null || !_isHolding : _main is not null)
        {
            Sender.Tell(new SourceRefused($"the feed {_feed.Name} already has a source"));
            return;
        }

        // Every fallback is a station, and a station sends as fast as the feed accepts its bytes.
        var input = new SourceInput(
            Context.Watch(open.Source), open.Description, isPaced: !isFallback && _feed.Source is not FeedSource.Station);
        if (isFallback)
            _fallback = input;
        else
            _main = input;
        _absence.Connected(Now);
        Notify($"{_feed.Name}: the source is {open.Description}");
        // A source that comes back continues the previous source's sequence of chunks.
        _flow ??= NewFlow();
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, _times.Chunk / 5);
        open.Source.Tell(SourceAccepted.Instance);
    }

    private void Close(IActorRef source, string reason)
    {
        if (InputOf(source) is not { } input)
            return;
        if (!source.Equals(_child))
            Context.Unwatch(source);
        Notify($"{_feed.Name}: the source {input.Description} is gone: {reason}");
        if (input == _main)
            _main = null;
        else
            _fallback = null;
        // If no chunk has been published yet, the next source starts from scratch.
        if (_snapshot is null)
        {
            _flow = null;
            _built.Clear();
        }
    }

    private void Take(SourceInput input, SourceBytes bytes)
    {
        input.Add(bytes.Bytes);
        Continue(input);
    }

    // Processes the bytes that are due. A title takes effect once the bytes before it have been used.
    private void Continue(SourceInput input)
    {
        if (!input.IsWaiting || !_flow!.Take(input, Now, _built))
            return;
        var former = input.Title;
        if (input.TryApplyTitle())
            EndChunk(former);
        if (input.HasHadFrame)
            Acknowledge(input);
        else if (input.SendsNoMp3)
            Drop(input, "it is not sending MP3");
        else if (!Timers.IsTimerActive(input.Source.Path))
            Timers.StartSingleTimer(input.Source.Path, new ResumeJunk(input.Source), JunkPause);
    }

    // Many programs send the same title again and again.
    private void Retitle(SourceInput input, FeedTitle title)
    {
        if (ReferenceEquals(title, input.NewestTitle))
            return;
        var former = input.Title;
        if (input.Retitle(title))
            EndChunk(former);
        _userTitle = null;
    }

    private void Drop(SourceInput input, string reason)
    {
        input.Source.Tell(new DropSource(reason));
        Close(input.Source, reason);
    }

    // The audio before a new title keeps the former title.
    private void EndChunk(FeedTitle former)
    {
        _flow?.End(_built);
        if (_snapshot is not null && !_isHolding)
            Publish(former);
    }

    private static void Acknowledge(SourceInput input)
    {
        input.Acknowledged();
        input.Source.Tell(SourceTaken.Instance);
    }

    private void GoOnAir()
    {
        Become(OnAir);
        _state = "on the air";
        // The number is higher than any from an earlier run of this peer, because no run makes 100 chunks a second.
        _sequence = Math.Max(_sequence, (ulong)_time.GetUtcNow().ToUnixTimeMilliseconds() / 10);
        Notify($"{_feed.Name} is on the air");
        Publish(_main!.Title);
    }

    private void StartHolding()
    {
        Notify($"{_feed.Name} is silent, because its source is sending nothing");
        Become(Holding);
        _isHolding = true;
        _state = "silent, because the source is sending nothing";
        _absence.Begin(_flow!.LastFrameAt);
        if (_fallback is null && _sources.MakeFallback(_feed) is { } props)
            Context.ActorOf(props, $"{FeedSources.FallbackName}-{_sequence}");
        _flow.FillSilence(Now, _built);
        Publish(FeedTitle.None);
    }

    private void ResumeWith(SourceInput input)
    {
        _isHolding = false;
        if (input == _main)
        {
            DropFallback("the source is back");
            Become(OnAir);
            _state = "on the air";
        }
        else
        {
            Become(OnFallback);
            _state = "the fallback is playing, because the source is sending nothing";
        }

        Notify($"{_feed.Name}: {_state}");
        Publish(input.Title);
    }

    private void DropFallback(string reason)
    {
        if (_fallback is not { } fallback)
            return;
        Context.Unwatch(fallback.Source);
        fallback.Source.Tell(new DropSource(reason));
        fallback.Source.Tell(PoisonPill.Instance);
        _fallback = null;
    }

    private void GoOffAir(string reason)
    {
        Notify($"{_feed.Name} is off the air: {reason}");
        Become(OffAir);
        _state = "off the air";
        EndListening();
        _ring.Clear();
        _bitrate = new FeedBitrate();
        _built.Clear();
        _isHolding = false;
        DropFallback(reason);
        (_snapshot, _flow) = (null, _main is null ? null : NewFlow());
        Context.Parent.Tell(new FeedOffAir(reason));
    }

    // Some listeners may not have been notified of the newest chunks yet.
    private void EndListening()
    {
        if (_snapshot is not null)
            _listeners.TellAll(new FeedChanged(_snapshot));
        _listeners.TellAll(FeedEnded.Instance);
    }

    private FeedFlow NewFlow() => new(_times, _time.GetUtcNow(), Now);

    // Numbers, signs and publishes the chunks that are complete.
    private void Publish(FeedTitle title)
    {
        if (_built.Count == 0)
            return;
        foreach (var built in _built)
        {
            var proof = new LiveChunk
            {
                Sequence = ++_sequence,
                TimeMs = built.TimeMs,
                DurationMs = built.DurationMs,
                FormatChanged = built.FormatChanged,
            };
            LiveProof.Sign(proof, _identity.Hash, built.Mp3, _key);
            _ring.Add(new FeedChunk(proof, built.Mp3, _userTitle ?? title));
        }

        _built.Clear();
        UpdateFormat();
        var before = _snapshot;
        _snapshot = new FeedSnapshot(_identity, _ring.Chunks, [_identity.Source], _times.Chunk, _times.Burst, _format)
        {
            BitrateBps = _bitrate.Bps,
        };
        // A skipped number could have completed the groups of some listeners.
        if (before is not null && before.Edge.Sequence + 1 == _sequence)
            _listeners.TellDue(new FeedChanged(_snapshot), _sequence, LiveGrouping.SizeFor(_snapshot));
        else
            _listeners.TellAll(new FeedChanged(_snapshot));
        if (!ReferenceEquals(before?.Edge.Title, Title) || !ReferenceEquals(before.Format, _format)
            || before.BitrateBps != _snapshot.BitrateBps)
            Context.Parent.Tell(new FeedOnAir(_snapshot, 0));
    }

    // Takes the sample rate and channels from the newest frame. Each change of the format is sent to every peer, so a small change in the
    // bitrate does not count.
    private void UpdateFormat()
    {
        var header = _flow!.Format!.Value;
        _bitrate.Measure(_ring.Chunks, (uint)header.BitrateBps);
        if (_format.SampleRateHz == (uint)header.SampleRateHz && _format.Channels == (uint)header.Channels
            && !_bitrate.DiffersFrom(_format.BitrateBps))
            return;
        _format = new AudioFormat
        {
            BitrateBps = _bitrate.Bps,
            SampleRateHz = (uint)header.SampleRateHz,
            Channels = (uint)header.Channels,
        };
    }

    private void Join(JoinFeed join)
    {
        if (_snapshot is null)
        {
            Sender.Tell(FeedEnded.Instance);
        }
        else if (!_listeners.TryAdd(Sender, join.Phase, Context))
        {
            Sender.Tell(new ListenerRefused($"this feed already has its maximum of {_feed.MaxListeners} listeners"));
        }
        else
        {
            Sender.Tell(new FeedChanged(_snapshot));
        }
    }

    private static void Notify(string text) => Context.System.EventStream.Publish(new LiveNotice(text));

    private sealed record Tick : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Tick Instance = new();
    }

    private sealed record RestartSource : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly RestartSource Instance = new();
    }

    private sealed record ResumeJunk(IActorRef Source) : ILocalMessage, IDeadLetterSuppression;
}
