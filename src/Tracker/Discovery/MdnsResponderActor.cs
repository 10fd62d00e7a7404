using System.Net;
using System.Net.NetworkInformation;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol.Mdns;
using TspActors.Transport;
using TspActors.Transport.Multicast;

namespace TspActors.Tracker.Discovery;

/// <summary>Announces the tracker on its local networks, and answers queries from peers there (multicast DNS).</summary>
/// <remarks>
/// <code>
/// start            → probes for the name, then two announcements (InstanceClaim)
/// a datagram       → InstanceClaim looks for another tracker with the same name; MdnsAnswers finds the answer
/// networks changed → the sockets are reopened, and the name is probed for again
/// stop             → goodbye on every network
/// </code>
/// There is one socket for each address family. Each socket receives one datagram at a time, so the operating system's buffer limits how
/// many datagrams wait. Discovery is a convenience: a failure never affects the tracker, and is logged as a warning only once.
/// </remarks>
internal sealed class MdnsResponderActor : UntypedActor, IWithTimers
{
    public const string Name = "mdns";

    // One change to the networks causes several notifications in a row.
    private static readonly TimeSpan SettlingTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(10);

    private readonly int _port;
    private readonly Func<bool> _needsKey;
    private readonly InstanceClaim _claim;
    private readonly MdnsSockets _sockets;
    private readonly MdnsAnswers _answers = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private NetworkAddressChangedEventHandler? _onChange;

    public MdnsResponderActor(MulticastGroup group, IPAddress bound, TrackerAnnouncement tracker, Func<bool> needsKey)
    {
        (_port, _needsKey) = (group.Port, needsKey);
        _claim = new InstanceClaim(tracker with { NeedsKey = needsKey() }, Now);
        _sockets = new MdnsSockets(group, bound, Warn, failure => _log.Debug("{0}", failure));
    }

    /// <param name="group">The multicast groups, the port and the interfaces.</param>
    /// <param name="bound">The address on which the tracker listens.</param>
    /// <param name="tracker">The tracker, without addresses.</param>
    /// <param name="needsKey">Returns whether peers need a key now. Called for each query.</param>
    public static Props Props(MulticastGroup group, IPAddress bound, TrackerAnnouncement tracker, Func<bool> needsKey) =>
        Akka.Actor.Props.Create(() => new MdnsResponderActor(group, bound, tracker, needsKey));

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => TimeProvider.System.GetElapsedTime(0);

    protected override void PreStart()
    {
        var self = Self;
        NetworkAddressChangedEventHandler onChange = (_, _) => self.Tell(NetworksChanged.Instance, ActorRefs.NoSender);
        try
        {
            NetworkChange.NetworkAddressChanged += onChange;
            _onChange = onChange;
        }
        catch (NetworkInformationException error)
        {
            _log.Debug("changes to the networks cannot be detected: {0}", error.Message);
        }

        Reopen();
        Advance();
    }

    protected override void PostStop()
    {
        if (_onChange is not null)
            NetworkChange.NetworkAddressChanged -= _onChange;
        if (_claim.IsAnnounced)
            SendEverywhere(tracker => MdnsAnswers.Announce(tracker, isGoodbye: true));
        _sockets.Dispose();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Received received when _sockets.Open.Contains(received.Socket):
                Handle(received.Socket, received.Datagram);
                Receive(received.Socket);
                break;
            case ReceiveFailed failed when _sockets.Open.Contains(failed.Socket):
                _log.Debug("could not receive: {0}", failed.Error.Message);
                Timers.StartSingleTimer(failed.Socket, new ReceiveAgain(failed.Socket), PauseAfterFailure);
                break;
            case ReceiveAgain again when _sockets.Open.Contains(again.Socket):
                Receive(again.Socket);
                break;
            // These messages are about a socket that has been closed.
            case Received or ReceiveFailed or ReceiveAgain:
                break;
            case NetworksChanged:
                Timers.StartSingleTimer(NetworksSettled.Instance, NetworksSettled.Instance, SettlingTime);
                break;
            case NetworksSettled:
                Reopen();
                _claim.Restart(Now);
                break;
            case AnnounceKey announce:
                _claim.Change(_claim.Tracker with { KeyId = announce.Key }, Now);
                break;
            case Tick:
                break;
            default:
                Unhandled(message);
                return;
        }

        Advance();
    }

    private void Reopen()
    {
        foreach (var socket in _sockets.Open)
            Timers.Cancel(socket);
        _sockets.Reopen();
        foreach (var socket in _sockets.Open)
            Receive(socket);
    }

    private void Receive(MulticastSocket socket) => socket.ReceiveAsync().PipeTo(
        Self, success: datagram => new Received(socket, datagram), failure: error => new ReceiveFailed(socket, error));

    private void Handle(MulticastSocket socket, MulticastDatagram datagram)
    {
        var network = _sockets.Networks.FirstOrDefault(candidate => candidate.Index == datagram.Interface);
        if (network is null || !datagram.IsFromLink || !DnsMessage.TryRead(datagram.Bytes.Span, out var message))
            return;
        var isFromResponder = datagram.Sender.Port == _port;
        // A reply from any port but the mDNS port proves nothing, because any program could have sent it (RFC 6762 section 6).
        if (message.IsReply && !isFromResponder)
            return;
        if (_claim.Observe(message, Now))
            _log.Info("another tracker on the network has the same name; this one is announced as {0}", _claim.Tracker.Name);
        if (message.IsReply || !_claim.IsAnnounced)
            return;
        if (_needsKey() is var needsKey && needsKey != _claim.Tracker.NeedsKey)
            _claim.Change(_claim.Tracker with { NeedsKey = needsKey }, Now);
        var answer = _answers.Find(message, In(network), network.Index, isFromResponder, Now);
        if (answer is { IsUnicast: true })
            _sockets.SendTo(socket, datagram.Sender, answer.Message);
        else if (answer is not null)
            _sockets.SendTo(network, answer.Message);
    }

    private void Advance()
    {
        if (_claim.TryAdvance(Now, out var step))
        {
            if (step == InstanceClaim.Steps && _sockets.Open.Count > 0)
                _log.Debug("announced as {0}; networks: {1}", _claim.Tracker.Name, _sockets.Networks.Count);
            SendEverywhere(tracker => InstanceClaim.MessageOf(step, tracker));
        }

        if (_claim.DueAt is not { } due)
            return;
        var wait = due - Now;
        Timers.StartSingleTimer(Tick.Instance, Tick.Instance, wait > ShortestSleep ? wait : ShortestSleep);
    }

    private TrackerAnnouncement In(MulticastInterface network) => _claim.Tracker with { Addresses = network.Addresses };

    private void SendEverywhere(Func<TrackerAnnouncement, DnsMessage> message)
    {
        foreach (var network in _sockets.Networks)
            _sockets.SendTo(network, message(In(network)));
    }

    private void Warn(string reason) => _log.Warning(
        "this tracker is not announced on the local network: {0}. Peers need its address (--tracker); set tsp.tracker.mdns.enabled = off to stop the attempts",
        reason);

    private sealed record Received(MulticastSocket Socket, MulticastDatagram Datagram) : ILocalMessage, IDeadLetterSuppression;

    private sealed record ReceiveFailed(MulticastSocket Socket, Exception Error) : ILocalMessage, IDeadLetterSuppression;

    private sealed record ReceiveAgain(MulticastSocket Socket) : ILocalMessage, IDeadLetterSuppression;

    private sealed record NetworksChanged : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly NetworksChanged Instance = new();
    }

    private sealed record NetworksSettled : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly NetworksSettled Instance = new();
    }

    private sealed record Tick : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Tick Instance = new();
    }
}
