using System.ComponentModel;
using Akka.Actor;
using Akka.Event;
using TspActors.Peer.Terminal;
using TspActors.Transport;

namespace TspActors.Peer.Live.Sources;

/// <summary>
/// A source that runs a command and reads MP3 from its standard output. It is a child of the FeedActor. It restarts the command whenever
/// the command ends, and kills it when the actor itself stops.
/// </summary>
/// <remarks>
/// <code>
/// Starting the first bytes → OpenSource → Asking      the end → Ending
/// Asking   SourceAccepted → hands over the bytes → Handing      SourceRefused → Waiting
/// Handing  SourceTaken → Reading
/// Reading  bytes → Handing      the end → SourceClosed → Ending
/// Ending   the reason is known → Waiting
/// Waiting  after 1, 2, 4 … 30 s → Starting
/// any      DropSource → stopped
/// </code>
/// The command counts as a source only once its first bytes have arrived, so a command that fails immediately never becomes the source.
/// </remarks>
internal sealed class CommandSourceActor : UntypedActor, IWithTimers
{
    private readonly string _commandLine;
    private readonly RestartDelay _delay;
    private readonly byte[] _buffer = new byte[SourceBytes.MaxBytes];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private SourceProcess? _process;
    private int _count;
    private int _run;

    public CommandSourceActor(string commandLine, TimeProvider time)
    {
        _commandLine = commandLine;
        _delay = new RestartDelay(time);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="commandLine">The command line, for /bin/sh -c or cmd /c.</param>
    /// <param name="time">The clock that measures how long the command has run; null = the system clock.</param>
    public static Props Props(string commandLine, TimeProvider? time = null) =>
        Akka.Actor.Props.Create(() => new CommandSourceActor(commandLine, time ?? TimeProvider.System));

    protected override void PreStart() => Start();

    protected override void PostStop() => _process?.Dispose();

    protected override void OnReceive(object message) => Starting(message);

    private void Starting(object message)
    {
        switch (message)
        {
            case BytesRead { Count: > 0 } read when read.Run == _run:
                _count = read.Count;
                Become(Asking);
                Context.Parent.Tell(new OpenSource(Self, SafeText.Clean(_commandLine)));
                break;
            case BytesRead read when read.Run == _run:
                End();
                break;
            default:
                OnAnyMessage(message);
                break;
        }
    }

    private void Asking(object message)
    {
        switch (message)
        {
            case SourceAccepted:
                Hand(_count);
                break;
            case SourceRefused:
                _process?.Dispose();
                _process = null;
                Wait();
                break;
            default:
                OnAnyMessage(message);
                break;
        }
    }

    private void Reading(object message)
    {
        switch (message)
        {
            case BytesRead { Count: > 0 } read when read.Run == _run:
                Hand(read.Count);
                break;
            case BytesRead read when read.Run == _run:
                Context.Parent.Tell(new SourceClosed("the command has ended"));
                End();
                break;
            default:
                OnAnyMessage(message);
                break;
        }
    }

    private void Handing(object message)
    {
        if (message is not SourceTaken)
        {
            OnAnyMessage(message);
            return;
        }

        Become(Reading);
        Read();
    }

    private void Ending(object message)
    {
        if (message is not Ended ended)
        {
            OnAnyMessage(message);
            return;
        }

        _process?.Dispose();
        _process = null;
        var delay = Wait();
        _log.Warning(
            "the command of a live feed has ended ({0}); it will be restarted in {1:0} s: {2}", ended.How, delay.TotalSeconds,
            SafeText.Clean(_commandLine));
    }

    private void Waiting(object message)
    {
        if (message is StartAgain)
            Start();
        else
            OnAnyMessage(message);
    }

    private void OnAnyMessage(object message)
    {
        if (message is DropSource)
            Context.Stop(Self);
        // The bytes from an earlier run, and the feed's replies to them, no longer matter.
        else if (message is not (BytesRead or SourceTaken or SourceAccepted or SourceRefused))
            Unhandled(message);
    }

    private void Start()
    {
        _delay.Start();
        _run++;
        Become(Starting);
        try
        {
            _process = SourceProcess.Start(_commandLine);
            Read();
        }
        catch (Exception error) when (error is Win32Exception or IOException)
        {
            Become(Ending);
            Self.Tell(new Ended(error.Message));
        }
    }

    private void Read()
    {
        var run = _run;
        _process!.ReadAsync(_buffer).AsTask()
            .PipeTo(Self, success: count => new BytesRead(run, count), failure: _ => new BytesRead(run, 0));
    }

    private void Hand(int count)
    {
        Become(Handing);
        Context.Parent.Tell(new SourceBytes(_buffer.AsMemory(0, count)));
    }

    private void End()
    {
        Become(Ending);
        _process!.EndAsync().PipeTo(Self, success: how => new Ended(how), failure: error => new Ended(error.Message));
    }

    private TimeSpan Wait()
    {
        var delay = _delay.Next();
        Timers.StartSingleTimer(StartAgain.Instance, StartAgain.Instance, delay);
        Become(Waiting);
        return delay;
    }

    private sealed record BytesRead(int Run, int Count) : ILocalMessage, IDeadLetterSuppression;

    private sealed record Ended(string How) : ILocalMessage, IDeadLetterSuppression;

    private sealed record StartAgain : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly StartAgain Instance = new();
    }
}
