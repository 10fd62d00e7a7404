using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol.Mdns;
using TspActors.Transport;
using TspActors.Transport.Multicast;

namespace TspActors.Tracker.Discovery;

/// <summary>Announces the tracker in its local networks, and answers the questions of peers there (multicast DNS).</summary>
/// <remarks>
/// <code>
/// start            → probes for the name, then two announcements (InstanceClaim)
/// a datagram       → InstanceClaim looks for another tracker with the name; MdnsAnswers finds the answer
/// networks changed → the sockets are opened again, and the name is probed again
/// stop             → goodbye in every network
/// </code>
/// There is one socket for each family of addresses. Each receives one datagram at a time, so the operating system's buffer bounds what
/// waits. Discovery is a convenience: whatever fails is a warning once, and never affects the tracker.
/// </remarks>
internal sealed class MdnsResponderActor : UntypedActor, IWithTimers
{
    public const string Name = "mdns";

    // A change of the networks causes several notifications in a row.
    private static readonly TimeSpan SettlingTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(10);

    private readonly MulticastGroup _group;
    private readonly IPAddress _bound;
    private readonly InstanceClaim _claim;
    private readonly MdnsAnswers _answers = new();
    private readonly List<MulticastSocket> _sockets = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IReadOnlyList<MulticastInterface> _networks = [];
    private NetworkAddressChangedEventHandler? _onChange;
    private bool _hasWarned;

    public MdnsResponderActor(MulticastGroup group, IPAddress bound, TrackerAnnouncement tracker) =>
        (_group, _bound, _claim) = (group, bound, new InstanceClaim(tracker, Now));

    /// <param name="group">The groups, the port and the interfaces.</param>
    /// <param name="bound">The address on which the tracker listens.</param>
    /// <param name="tracker">The tracker, without addresses.</param>
    public static Props Props(MulticastGroup group, IPAddress bound, TrackerAnnouncement tracker) =>
        Akka.Actor.Props.Create(() => new MdnsResponderActor(group, bound, tracker));

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
            _log.Debug("changes of the networks are not noticed: {0}", error.Message);
        }

        Open();
        Advance();
    }

    protected override void PostStop()
    {
        if (_onChange is not null)
            NetworkChange.NetworkAddressChanged -= _onChange;
        if (_claim.IsAnnounced)
            SendEverywhere(tracker => MdnsAnswers.Announce(tracker, isGoodbye: true));
        Close();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Received received when _sockets.Contains(received.Socket):
                Handle(received.Socket, received.Datagram);
                Receive(received.Socket);
                break;
            case ReceiveFailed failed when _sockets.Contains(failed.Socket):
                _log.Debug("could not receive: {0}", failed.Error.Message);
                Timers.StartSingleTimer(failed.Socket, new ReceiveAgain(failed.Socket), PauseAfterFailure);
                break;
            case ReceiveAgain again when _sockets.Contains(again.Socket):
                Receive(again.Socket);
                break;
            // These are about a socket that has been closed.
            case Received or ReceiveFailed or ReceiveAgain:
                break;
            case NetworksChanged:
                Timers.StartSingleTimer(Reopen.Instance, Reopen.Instance, SettlingTime);
                break;
            case Reopen:
                Close();
                Open();
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

    private void Open()
    {
        try
        {
            _networks = AnnouncedAddresses.Select(_group.FindInterfaces(), _bound);
        }
        catch (NetworkInformationException error)
        {
            _networks = [];
            Warn(error.Message);
        }

        if (_networks.Count == 0)
        {
            _log.Debug("there is no network in which this tracker can be announced");
            return;
        }

        string? failure = null;
        foreach (var group in _group.Groups)
        {
            try
            {
                var socket = MulticastSocket.Join(group, _group.Port, _networks);
                _sockets.Add(socket);
                Receive(socket);
            }
            catch (SocketException error)
            {
                failure = error.Message;
                _log.Debug("could not join {0}: {1}", group, failure);
            }
        }

        // Many networks have addresses of one family only.
        if (_sockets.Count == 0 && failure is not null)
            Warn(failure);
    }

    private void Close()
    {
        foreach (var socket in _sockets)
        {
            Timers.Cancel(socket);
            socket.Dispose();
        }

        _sockets.Clear();
    }

    private void Receive(MulticastSocket socket) => socket.ReceiveAsync().PipeTo(
        Self, success: datagram => new Received(socket, datagram), failure: error => new ReceiveFailed(socket, error));

    private void Handle(MulticastSocket socket, MulticastDatagram datagram)
    {
        var network = _networks.FirstOrDefault(network => network.Index == datagram.Interface);
        if (network is null || !datagram.IsFromLink || !DnsMessage.TryRead(datagram.Bytes.Span, out var message))
            return;
        var isFromResponder = datagram.Sender.Port == _group.Port;
        // Any program may send from another port, so such a reply proves nothing (RFC 6762 section 6).
        if (message.IsReply && !isFromResponder)
            return;
        if (_claim.Observe(message, Now))
            _log.Info("another tracker in the network has the same name; this one is announced as {0}", _claim.Tracker.Name);
        if (message.IsReply || !_claim.IsAnnounced)
            return;
        var answer = _answers.Find(message, In(network), network.Index, isFromResponder, Now);
        if (answer is { IsUnicast: true })
            TrySend(() => socket.Send(answer.Message.Encode(), datagram.Sender));
        else if (answer is not null)
            SendTo(network, answer.Message);
    }

    private void Advance()
    {
        if (_claim.TryAdvance(Now, out var step))
        {
            if (step == InstanceClaim.Steps && _sockets.Count > 0)
                _log.Debug("announced as {0} in {1}", _claim.Tracker.Name, string.Join(", ", _networks.Select(network => network.Name)));
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
        foreach (var network in _networks)
            SendTo(network, message(In(network)));
    }

    private void SendTo(MulticastInterface network, DnsMessage message)
    {
        var bytes = message.Encode();
        foreach (var socket in _sockets)
            TrySend(() => socket.SendToGroup(bytes, network));
    }

    // An interface may have gone down, or have no address of the socket's family. The next announcement or answer tries again.
    private void TrySend(Action send)
    {
        try
        {
            send();
        }
        catch (SocketException error)
        {
            _log.Debug("could not send: {0}", error.Message);
        }
    }

    private void Warn(string reason)
    {
        if (_hasWarned)
            return;
        _hasWarned = true;
        _log.Warning(
            "this tracker is not announced in the local network: {0}. Peers need its address (--tracker); tsp.tracker.mdns.enabled = off ends the attempts",
            reason);
    }

    private sealed record Received(MulticastSocket Socket, MulticastDatagram Datagram) : ILocalMessage, IDeadLetterSuppression;

    private sealed record ReceiveFailed(MulticastSocket Socket, Exception Error) : ILocalMessage, IDeadLetterSuppression;

    private sealed record ReceiveAgain(MulticastSocket Socket) : ILocalMessage, IDeadLetterSuppression;

    private sealed record NetworksChanged : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly NetworksChanged Instance = new();
    }

    private sealed record Reopen : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Reopen Instance = new();
    }

    private sealed record Tick : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Tick Instance = new();
    }
}
