using System.Net;
using Akka.Actor;
using Akka.Event;
using Akka.IO;
using TspActors.Transport;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Peer.Live.Sources;

/// <summary>Handles one connection to an <see cref="IcecastDoorActor"/>: its HTTP requests, and the audio from its source.</summary>
/// <remarks>
/// <code>
/// Reading   a head → Judging      15 s, not HTTP → Closing
/// Judging   a response → Reading, or Closing if the request has a body     wrong password → Delaying → Closing
///           admitted → Asking
/// Asking    SourceAccepted → Receiving      SourceRefused, no reply → Closing
/// Receiving bytes → Handing      end of the body, 10 s without bytes → SourceClosed → Closing      DropSource → Closing
/// Handing   SourceTaken → Receiving      DropSource → Closing
/// Closing   drops incoming bytes until the remote end has closed, for at most 2 s
/// any       the remote end closes → stopped
/// </code>
/// The next read starts only when the feed has used the bytes from the previous one, so TCP slows down a source that is ahead.
/// </remarks>
internal sealed class IcecastConnectionActor : UntypedActor, IWithTimers
{
    // Enough for libshout's probes and a few title changes on one connection.
    private const int MaxRequests = 32;

    private readonly IPAddress _from;
    private readonly IcecastDeadlines _deadlines;
    private readonly HttpHeadReader _heads = new();
    private IActorRef _io;
    private ReadOnlyMemory<byte> _rest;
    private HttpHead? _head;
    private HttpBodyReader? _body;
    private SourceResponse? _late;
    private IActorRef? _feed;
    private string _mount = "";
    private int _requests;

    public IcecastConnectionActor(IActorRef io, IPAddress from, IcecastDeadlines deadlines)
    {
        _io = io;
        _from = from;
        _deadlines = deadlines;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(IActorRef io, IPAddress from, IcecastDeadlines deadlines) =>
        Akka.Actor.Props.Create(() => new IcecastConnectionActor(io, from, deadlines));

    protected override void PreStart()
    {
        Context.Watch(_io);
        _io.Tell(new Tcp.Register(Self));
        StartReading();
    }

    protected override void PostStop()
    {
        if (!_io.IsNobody())
            _io.Tell(Tcp.Abort.Instance, ActorRefs.NoSender);
    }

    protected override void OnReceive(object message) => Reading(message);

    private void Reading(object message)
    {
        switch (message)
        {
            case Tcp.Received received:
                _rest = received.Data.ToArray();
                ReadHead();
                break;
            case Due:
                Close(isReading: true);
                break;
            default:
                OnSocket(message);
                break;
        }
    }

    private void Judging(object message)
    {
        switch (message)
        {
            case SourceVerdict.Answer { IsLate: true } late:
                _late = late.Text;
                Arm(_deadlines.WrongPassword);
                Become(Delaying);
                break;
            case SourceVerdict.Answer answer:
                Answer(answer.Text);
                break;
            case SourceVerdict.Admit admitted:
                _mount = admitted.Mount;
                _feed = Context.Watch(admitted.Feed);
                _feed.Tell(new OpenSource(Self, SourceDescription.Of(_head!, _from)));
                Arm(_deadlines.Feed);
                Become(Asking);
                break;
            default:
                OnSocket(message);
                break;
        }
    }

    private void Delaying(object message)
    {
        if (message is Due)
            Finish(_late!);
        else
            OnSocket(message);
    }

    private void Asking(object message)
    {
        switch (message)
        {
            case SourceAccepted:
                Begin();
                break;
            case SourceRefused refused:
                Finish(SourceResponse.Refused(refused.Reason));
                break;
            case DropSource dropped:
                Finish(SourceResponse.Refused(dropped.Reason));
                break;
            case Due:
            case Terminated terminated when terminated.ActorRef.Equals(_feed):
                Finish(SourceResponse.NoAnswer);
                break;
            default:
                OnSocket(message);
                break;
        }
    }

    private void Receiving(object message)
    {
        switch (message)
        {
            case Tcp.Received received:
                Hand(received.Data.ToArray());
                break;
            case Due:
                EndSource($"it sent nothing for {_deadlines.Silence.TotalSeconds:0} s");
                Close(isReading: true);
                break;
            default:
                OnSource(message, isReading: true);
                break;
        }
    }

    private void Handing(object message)
    {
        if (message is SourceTaken)
            Continue();
        else
            OnSource(message, isReading: false);
    }

    private void Closing(object message)
    {
        switch (message)
        {
            case Tcp.Received:
                _io.Tell(Tcp.ResumeReading.Instance);
                break;
            case Due:
                Context.Stop(Self);
                break;
            case Tcp.ConnectionClosed or Terminated:
                OnSocket(message);
                break;
            default:
                // The door or the feed may have sent a message before it learned that this connection was closing.
                break;
        }
    }

    private void OnSource(object message, bool isReading)
    {
        switch (message)
        {
            case SourceTitle:
                _feed!.Tell(message);
                break;
            case DropSource:
            case Terminated terminated when terminated.ActorRef.Equals(_feed):
                Context.Parent.Tell(SourceLeft.Instance);
                Close(isReading);
                break;
            case Tcp.ConnectionClosed closed:
                EndSource(closed is Tcp.ErrorClosed error ? $"the connection failed: {error.Cause}" : "it has disconnected");
                OnSocket(message);
                break;
            default:
                OnSocket(message);
                break;
        }
    }

    private void OnSocket(object message)
    {
        switch (message)
        {
            case Tcp.ConnectionClosed:
                _io = ActorRefs.Nobody;
                Context.Stop(Self);
                break;
            case Terminated terminated:
                if (terminated.ActorRef.Equals(_io))
                    _io = ActorRefs.Nobody;
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void StartReading()
    {
        Arm(_deadlines.Head);
        Become(Reading);
        ReadHead();
    }

    private void ReadHead()
    {
        if (_heads.Read(ref _rest) is { } head)
        {
            _head = head;
            _requests++;
            Timers.CancelAll();
            Become(Judging);
            Context.Parent.Tell(new JudgeRequest(head));
        }
        else if (_heads.Fault is { } fault)
        {
            Finish(SourceResponse.Malformed(fault));
        }
        else
        {
            _io.Tell(Tcp.ResumeReading.Instance);
        }
    }

    private void Answer(SourceResponse answer)
    {
        if (!_head!.WantsMore || !_head.HasNoBody || _requests >= MaxRequests)
        {
            Finish(answer);
            return;
        }

        Write(answer.ToBytes(stays: true));
        StartReading();
    }

    private void Begin()
    {
        _body = HttpBodyReader.For(_head!);
        Context.Parent.Tell(new SourceConnected(_mount));
        if (_head!.ExpectsContinue)
            Write(SourceResponse.Continue);
        else if (_head is { IsChunked: false, Length: null })
            Write(SourceResponse.Accepted);
        Hand(_rest.ToArray());
    }

    // The content is moved within the array, which belongs to this actor.
    private void Hand(byte[] bytes)
    {
        Timers.CancelAll();
        var count = _body!.Read(bytes);
        if (count == 0)
        {
            Continue();
            return;
        }

        Become(Handing);
        _feed!.Tell(new SourceBytes(bytes.AsMemory(0, count)));
    }

    private void Continue()
    {
        if (_body!.Fault is { } fault)
        {
            EndSource(fault);
            Finish(SourceResponse.Malformed(fault));
        }
        else if (_body.IsEnded)
        {
            EndSource("it has ended");
            Finish(SourceResponse.Done);
        }
        else
        {
            Arm(_deadlines.Silence);
            Become(Receiving);
            _io.Tell(Tcp.ResumeReading.Instance);
        }
    }

    private void EndSource(string reason)
    {
        _feed!.Tell(new SourceClosed(reason));
        Context.Parent.Tell(SourceLeft.Instance);
    }

    private void Finish(SourceResponse answer)
    {
        Write(answer.ToBytes(stays: false));
        Close(isReading: false);
    }

    // The remote end may still be sending. If this end stopped reading, the connection would be reset and the response lost.
    private void Close(bool isReading)
    {
        if (_feed is not null)
            Context.Unwatch(_feed);
        Arm(_deadlines.Close);
        Become(Closing);
        _io.Tell(Tcp.ConfirmedClose.Instance);
        if (!isReading)
            _io.Tell(Tcp.ResumeReading.Instance);
    }

    private void Write(byte[] bytes) => _io.Tell(Tcp.Write.Create(ByteString.FromBytes(bytes)));

    private void Arm(TimeSpan after)
    {
        Timers.CancelAll();
        Timers.StartSingleTimer(nameof(Due), Due.Instance, after);
    }

    private sealed record Due : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Due Instance = new();
    }
}
