using System.Net.NetworkInformation;
using Akka.Actor;
using Akka.Event;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Reaching.Mapping;

/// <summary>Maintains a port mapping at the router, so that others can connect to this peer from outside its network.</summary>
/// <remarks>
/// <code>
/// Idle     → MappingWanted, a probe that failed → Asking, or Waiting until the next attempt is due    (mode on: Asking from the start)
/// Asking   → granted → Mapped      refused, no reply → Waiting    the network changed → Asking again
/// Mapped   → half of the lease, the router lost the mapping, the network changed, a probe that failed → Renewing
///          → a probe that failed although the router is itself behind NAT → release → Waiting
/// Renewing → granted → Mapped      refused, no reply → Waiting    the network changed → Renewing again
/// Waiting  → after 1, 2, 4, … 30 min, or the network changed → Asking      a probe that succeeded (mode auto, no mapping) → Idle
/// any      → ReleaseMapping → Releasing → Off                     mode off: Off from the start
/// </code>
/// If no probe has confirmed a mapping some time after the grant, the port is probed once more (ProbeWanted). MappingNegotiation does the
/// work in tasks, one attempt at a time. PostStop releases the mapping without waiting for the router.
/// </remarks>
internal sealed class PortMapperActor : UntypedActor, IWithTimers
{
    private const string RenewTimer = "renew";
    private const string CheckTimer = "check";
    private const string RetryTimer = "retry";
    private const string NetworkTimer = "network";
    private const string ProveTimer = "prove";

    private readonly PortMappingSettings _settings;
    private readonly int _port;
    private readonly MappingNegotiation _negotiation;
    private readonly IActorRef _owner;
    private readonly Backoff _retries;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Action<NetworkAddressChangedEventHandler> _watchNetwork;
    private readonly List<IActorRef> _awaitingRelease = [];
    private CancellationTokenSource _stopAttempt = new();
    private Task<MappingOutcome>? _attempt;
    private HeldMapping? _held;
    private MappingStatus _status = MappingTexts.Idle;
    private MappingStatus _lastFailure = MappingTexts.Idle;
    private NetworkAddressChangedEventHandler? _onNetworkChange;

    public PortMapperActor(
        PortMappingSettings settings, int port, PeerId peer, GatewaySource gateways, IActorRef owner,
        Action<NetworkAddressChangedEventHandler> watchNetwork)
    {
        _settings = settings;
        _port = port;
        _negotiation = new MappingNegotiation(settings, port, peer, gateways);
        _owner = owner;
        _retries = new Backoff(settings.RetryMin, settings.RetryMax, Random.Shared);
        _watchNetwork = watchNetwork;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="settings">When and how to ask.</param>
    /// <param name="port">The port on which this peer accepts requesters.</param>
    /// <param name="peer">This peer's id.</param>
    /// <param name="gateways">Finds the router.</param>
    /// <param name="owner">Receives <see cref="MappingChanged"/> whenever the status changes.</param>
    /// <param name="watchNetwork">Subscribes to changes to this machine's addresses; null = uses the operating system's notifications.
    ///   Throws NetworkInformationException if the addresses cannot be watched.</param>
    public static Props Props(
        PortMappingSettings settings, int port, PeerId peer, GatewaySource gateways, IActorRef owner,
        Action<NetworkAddressChangedEventHandler>? watchNetwork = null)
    {
        var watch = watchNetwork ?? (onChange => NetworkChange.NetworkAddressChanged += onChange);
        return Akka.Actor.Props.Create(() => new PortMapperActor(settings, port, peer, gateways, owner, watch));
    }

    protected override void PreStart()
    {
        if (_settings.Mode == PortMappingMode.Off)
        {
            Change(MappingTexts.Off);
            Become(Off);
            return;
        }

        WatchNetwork();
        if (_settings.Mode == PortMappingMode.On)
            Ask();
    }

    protected override void PostStop()
    {
        if (_onNetworkChange is not null)
            NetworkChange.NetworkAddressChanged -= _onNetworkChange;
        _stopAttempt.Cancel();
        // Nothing awaits this task, which has its own deadline. To wait for the release, send ReleaseMapping before stopping the actor.
        _ = CloseAsync(_negotiation, _attempt, _held?.Mapping);
    }

    protected override void OnReceive(object message) => Idle(message);

    // A sandbox may not allow this. In that case, the mapper notices a change only when a renewal is due, or when a probe or check fails.
    private void WatchNetwork()
    {
        var self = Self;
        NetworkAddressChangedEventHandler onChange = (_, _) => self.Tell(NetworkChanged.Instance, ActorRefs.NoSender);
        try
        {
            _watchNetwork(onChange);
            _onNetworkChange = onChange;
        }
        catch (NetworkInformationException error)
        {
            _log.Debug("Changes to this machine's addresses cannot be detected: {0}", error.Message);
        }
    }

    private void Idle(object message)
    {
        switch (message)
        {
            // Alternating probe results must not cut short the pause after a failed attempt.
            case MappingWanted or PortFound { IsReachable: false } when Timers.IsTimerActive(RetryTimer):
                Change(_lastFailure);
                Become(Waiting);
                break;
            case MappingWanted or PortFound { IsReachable: false }:
                Ask();
                break;
            case TimerDue { Timer: NetworkTimer }:
                _retries.Reset();
                Timers.Cancel(RetryTimer);
                break;
            case PortFound or TimerDue { Timer: RetryTimer }:
                break;
            default:
                OnCommon(message);
                break;
        }
    }

    private void Asking(object message) => AwaitRouter(message, Ask);

    private void Renewing(object message) => AwaitRouter(message, Renew);

    private void Mapped(object message)
    {
        switch (message)
        {
            case TimerDue { Timer: RenewTimer or NetworkTimer }:
                Renew();
                break;
            case TimerDue { Timer: CheckTimer }:
                var mapping = _held!.Mapping;
                _negotiation.CheckAsync(mapping, _stopAttempt.Token).PipeTo(Self, success: check => new Checked(mapping, check));
                break;
            case TimerDue { Timer: ProveTimer }:
                if (!_held!.IsProven)
                    _owner.Tell(ProbeWanted.Instance);
                break;
            case Checked looked:
                if (ReferenceEquals(looked.Mapping, _held!.Mapping) && _held.ApplyCheck(looked.Check))
                    Renew();
                break;
            case MappingWanted:
                OnProbe(new PortFound(false));
                break;
            case PortFound found:
                OnProbe(found);
                break;
            default:
                OnCommon(message);
                break;
        }
    }

    private void Waiting(object message)
    {
        switch (message)
        {
            case TimerDue { Timer: RetryTimer }:
                Ask();
                break;
            case TimerDue { Timer: NetworkTimer }:
                _retries.Reset();
                Ask();
                break;
            // If a mapping is still held, the probe may have come through it, so the mapping must still be renewed.
            case PortFound { IsReachable: true } when _settings.Mode == PortMappingMode.Auto && _held is null:
                Change(MappingTexts.Idle);
                Become(Idle);
                break;
            case MappingWanted or PortFound:
                break;
            default:
                OnCommon(message);
                break;
        }
    }

    private void Releasing(object message)
    {
        switch (message)
        {
            case ReleaseMapping:
                _awaitingRelease.Add(Sender);
                break;
            case Released released:
                if (released.Fault is { } fault)
                    _log.Warning("Could not release the port mapping: {0}", fault);
                foreach (var replyTo in _awaitingRelease)
                    replyTo.Tell(MappingReleased.Instance);
                _awaitingRelease.Clear();
                Become(Off);
                break;
            default:
                Off(message);
                break;
        }
    }

    private void Off(object message)
    {
        switch (message)
        {
            case ReleaseMapping:
                Sender.Tell(MappingReleased.Instance);
                break;
            case GetMapping:
                Sender.Tell(_status);
                break;
            case MappingWanted or PortFound or NetworkChanged or TimerDue or Obtained or Checked:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    // The Asking and Renewing states differ only in how they start again when the network changes.
    private void AwaitRouter(object message, Action startAgain)
    {
        switch (message)
        {
            case Obtained obtained:
                OnObtained(obtained);
                break;
            case TimerDue { Timer: NetworkTimer }:
                startAgain();
                break;
            case MappingWanted or PortFound:
                break;
            default:
                OnCommon(message);
                break;
        }
    }

    // Handles the messages that all states except Releasing and Off handle in the same way.
    private void OnCommon(object message)
    {
        switch (message)
        {
            case GetMapping:
                Sender.Tell(_status);
                break;
            case NetworkChanged:
                // When a machine joins a network, several changes follow in quick succession.
                Timers.StartSingleTimer(NetworkTimer, new TimerDue(NetworkTimer), _settings.NetworkQuietTime);
                break;
            case ReleaseMapping:
                Release();
                break;
            case Status.Failure failure:
                _log.Warning("Could not check the port mapping at the router: {0}", failure.Cause.GetBaseException().Message);
                break;
            case Obtained or Checked or TimerDue { Timer: CheckTimer or ProveTimer }:
                // The late result of an attempt or a check, or a late timer.
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Ask()
    {
        Change(MappingTexts.Asking);
        Begin(asksAgain: true);
        Become(Asking);
    }

    private void Renew()
    {
        Begin(asksAgain: false);
        Become(Renewing);
    }

    private void Begin(bool asksAgain)
    {
        Timers.Cancel(RenewTimer);
        Timers.Cancel(CheckTimer);
        Timers.Cancel(ProveTimer);
        Timers.Cancel(RetryTimer);
        _stopAttempt.Cancel();
        _stopAttempt = new CancellationTokenSource();
        var attempt = _negotiation.ObtainAsync(_held?.Mapping, asksAgain, _stopAttempt.Token);
        _attempt = attempt;
        attempt.PipeTo(
            Self, success: outcome => new Obtained(attempt, outcome),
            failure: error => new Obtained(
                attempt, MappingOutcome.Failed($"could not ask the router: {error.GetBaseException().Message}")));
    }

    private void OnObtained(Obtained obtained)
    {
        if (obtained.Attempt != _attempt)
            return;
        _attempt = null;
        if (obtained.Outcome.Mapping is not { } mapping)
        {
            Wait(obtained.Outcome.Reason, obtained.Outcome.Pause);
            return;
        }

        if (_held is { } previous && previous.Mapping.CoexistsWith(mapping))
            _ = _negotiation.ReleaseAsync(null, previous.Mapping);
        _held = new HeldMapping(mapping, _settings, _held, TimeProvider.System);
        _retries.Reset();
        Timers.StartSingleTimer(RenewTimer, new TimerDue(RenewTimer), _held.RenewAfter);
        Timers.StartPeriodicTimer(CheckTimer, new TimerDue(CheckTimer), _settings.CheckInterval);
        if (_held.ProveAfter is { } proveAfter)
            Timers.StartSingleTimer(ProveTimer, new TimerDue(ProveTimer), proveAfter);
        Change(_held.Status);
        Become(Mapped);
    }

    private void OnProbe(PortFound found)
    {
        switch (_held!.ApplyProbe(found))
        {
            case ProbeVerdict.Renew:
                Renew();
                break;
            case ProbeVerdict.Release:
                GiveBack(_held.BehindNat!);
                break;
            default:
                Change(_held.Status);
                break;
        }
    }

    private void GiveBack(string reason)
    {
        Timers.Cancel(RenewTimer);
        Timers.Cancel(CheckTimer);
        Timers.Cancel(ProveTimer);
        _ = _negotiation.ReleaseAsync(null, _held!.Mapping);
        _held = null;
        Wait(reason, _settings.RetryMax);
    }

    private void Wait(string reason, TimeSpan pause)
    {
        var delay = _retries.Next();
        delay = delay > pause ? delay : pause;
        _log.Debug("No port mapping: {0}. Next attempt in {1}.", reason, delay);
        Timers.StartSingleTimer(RetryTimer, new TimerDue(RetryTimer), delay);
        _lastFailure = MappingTexts.Failed(reason);
        Change(_lastFailure);
        Become(Waiting);
    }

    private void Release()
    {
        _awaitingRelease.Add(Sender);
        Timers.CancelAll();
        _stopAttempt.Cancel();
        _negotiation.ReleaseAsync(_attempt, _held?.Mapping).PipeTo(
            Self, success: () => new Released(null), failure: error => new Released(error.GetBaseException().Message));
        (_attempt, _held) = (null, null);
        Change(MappingTexts.Off);
        Become(Releasing);
    }

    private void Change(MappingStatus status)
    {
        if (status == _status)
            return;
        if (_log.IsDebugEnabled)
            _log.Debug("Port mapping: {0}", status.Text);
        _status = status;
        _owner.Tell(new MappingChanged(status));
    }

    private static async Task CloseAsync(MappingNegotiation negotiation, Task<MappingOutcome>? attempt, PortMapping? mapping)
    {
        using (negotiation)
            await negotiation.ReleaseAsync(attempt, mapping).ConfigureAwait(false);
    }

    private sealed record Obtained(Task<MappingOutcome> Attempt, MappingOutcome Outcome) : ILocalMessage, IDeadLetterSuppression;

    private sealed record Checked(PortMapping Mapping, MappingCheck Check) : ILocalMessage, IDeadLetterSuppression;

    private sealed record TimerDue(string Timer) : ILocalMessage;

    private sealed record Released(string? Fault) : ILocalMessage, IDeadLetterSuppression;

    private sealed record NetworkChanged : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly NetworkChanged Instance = new();
    }
}
