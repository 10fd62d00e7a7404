using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using TspActors.Configuration.AkkaInternals;

namespace TspActors.Configuration.Hosting;

/// <summary>The actor that writes Akka's log to standard error. Standard output is reserved for results.</summary>
internal sealed class StandardErrorLoggerActor : UntypedActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private readonly LoggingBus _bus = Context.System.EventStream;
    private readonly LinkFailures _linkFailures = new();
    private readonly LogFormatter _brief;
    private readonly LogFormatter _verbose;

    public StandardErrorLoggerActor()
    {
        var settings = Context.System.Settings.Setup.Get<LogSetup>().Value.Settings;
        _brief = new LogFormatter(settings with { IsVerbose = false });
        _verbose = new LogFormatter(settings with { IsVerbose = true });
    }

    // The log is verbose while the effective level is debug. The level can change at any time.
    private bool IsVerbose => _bus.LogLevel == LogLevel.DebugLevel;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                break;
            case LogEvent log:
                Write(LogEntry.From(log));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Write(LogEntry entry)
    {
        var isVerbose = IsVerbose;
        if (LogNoise.Contains(entry, isVerbose))
            return;
        if (isVerbose)
            Console.Error.WriteLine(_verbose.Format(entry));
        else if (_linkFailures.Filter(entry.Message, entry.Time) is { } told)
            Console.Error.WriteLine(_brief.Format(entry with { Message = told }));
    }
}
