using Akka.Actor;
using Akka.Event;
using TspActors.Peer.Listening;
using TspActors.Transport;

namespace TspActors.Peer.Mpris;

/// <summary>Exposes the player to the desktop (MPRIS), so that media keys and widgets can control it.</summary>
/// <remarks>
/// <code>
/// Connecting → BusConnected → Idle
///            → BusFailed → stopped
/// Idle → PlaybackChanged, TitleHeard → the changes are sent → Sending
/// Sending → BusRead → Idle, or Sending the changes since then
///         → the bus has read nothing for 10 s → stopped
/// Idle, Sending → BusLost → stopped
/// </code>
/// At most one group of signals is in flight, so a bus that hangs costs no memory. No other actor waits for this one, and it never
/// reconnects: when the session bus is gone, so is the desktop.
/// </remarks>
internal sealed class MprisActor : UntypedActor
{
    private static readonly TimeSpan SendDeadline = TimeSpan.FromSeconds(10);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly string _address;
    private readonly IActorRef _playback;
    private readonly Action _quit;
    private Task<MprisBus>? _connecting;
    private MprisBus? _bus;
    private MprisState _sent = MprisState.Stopped;
    private PlaybackStatus? _waiting;
    private bool _hasJumped;

    public MprisActor(string address, IActorRef playback, Action quit) =>
        (_address, _playback, _quit) = (address, playback, quit);

    /// <param name="address">The address of the session bus.</param>
    /// <param name="playback">The PlaybackActor.</param>
    /// <param name="quit">Ends the program; may be called from any thread.</param>
    public static Props Props(string address, IActorRef playback, Action quit) =>
        Akka.Actor.Props.Create(() => new MprisActor(address, playback, quit));

    /// <summary>Exposes a peer's player to the desktop, if there is a desktop and the settings allow it.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="quit">Ends the program; may be called from any thread.</param>
    public static void StartFor(PeerNode peer, Action quit)
    {
        if (OperatingSystem.IsLinux() && peer.Settings.Listening.MediaKeys && MprisBus.Address is { } address)
            peer.StartInterfaceActor(Props(address, peer.Playback, quit), "mpris");
    }

    protected override void PreStart()
    {
        _connecting = MprisBus.ConnectAsync(_address, new MprisObject(_playback, _quit, _log));
        _connecting.PipeTo(Self, success: bus => new BusConnected(bus), failure: error => new BusFailed(error.Message));
    }

    // A connection that opens only after this actor has stopped is closed as well.
    protected override void PostStop() => _connecting?.ContinueWith(
        connected => connected.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion,
        TaskScheduler.Default);

    protected override void OnReceive(object message) => Connecting(message);

    private void Connecting(object message)
    {
        switch (message)
        {
            case BusConnected connected:
                _bus = connected.Bus;
                _bus.Ended.PipeTo(Self, success: reason => new BusLost(reason?.Message ?? "closed"));
                Context.System.EventStream.Subscribe(Self, typeof(PlaybackChanged));
                Context.System.EventStream.Subscribe(Self, typeof(TitleHeard));
                _playback.Tell(GetPlayback.Instance);
                Become(Idle);
                break;
            case BusFailed failed:
                _log.Debug("no media keys: {0}", failed.Reason);
                Context.Stop(Self);
                break;
        }
    }

    private void Idle(object message)
    {
        if (!Note(message))
            return;
        Send();
    }

    private void Sending(object message)
    {
        if (message is BusRead)
        {
            Context.SetReceiveTimeout(null);
            Become(Idle);
            Send();
        }
        else if (message is ReceiveTimeout)
        {
            Lose("the bus is not reading");
        }
        else
        {
            Note(message);
        }
    }

    // Returns true if there may be something to send.
    private bool Note(object message)
    {
        switch (message)
        {
            case PlaybackChanged changed:
                _waiting = changed.Status;
                _hasJumped |= changed.HasJumped;
                return true;
            case PlaybackStatus status:
                _waiting = status;
                return true;
            case TitleHeard:
                _playback.Tell(GetPlayback.Instance);
                return false;
            case BusLost lost:
                Lose(lost.Reason);
                return false;
            default:
                return false;
        }
    }

    private void Send()
    {
        if (_waiting is not { } status)
            return;
        var state = MprisState.From(status);
        var changes = state.ChangesSince(_sent);
        var hasJumped = _hasJumped;
        (_sent, _waiting, _hasJumped) = (state, null, false);
        if (changes.Count == 0 && !hasJumped)
            return;
        if ((changes.Count > 0 && !_bus!.TrySendChanges(changes)) || (hasJumped && !_bus!.TrySendSeeked(status.Position)))
        {
            Lose("closed");
            return;
        }

        _bus!.FlushAsync().PipeTo(Self, success: () => BusRead.Instance, failure: error => new BusLost(error.Message));
        Context.SetReceiveTimeout(SendDeadline);
        Become(Sending);
    }

    private void Lose(string reason)
    {
        _log.Debug("media keys no longer work: {0}", reason);
        Context.Stop(Self);
    }

    private sealed record BusConnected(MprisBus Bus) : ILocalMessage, IDeadLetterSuppression;

    private sealed record BusFailed(string Reason) : ILocalMessage, IDeadLetterSuppression;

    private sealed record BusLost(string Reason) : ILocalMessage, IDeadLetterSuppression;

    private sealed record BusRead : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly BusRead Instance = new();
    }
}
