using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using TspActors.Configuration.AkkaInternals;

namespace TspActors.Configuration.Hosting;

/// <summary>The actor that writes Akka's log to standard error. Standard output is reserved for results.</summary>
internal sealed class StandardErrorLoggerActor : UntypedActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private readonly LogSettings _settings;
    private readonly LinkFailures _linkFailures = new();
    private readonly LogFormatter _formatter;

    public StandardErrorLoggerActor()
    {
        var settings = Context.System.Settings;
        // The log is verbose if the level in force is debug.
        _settings = settings.Setup.Get<LogSetup>().Value.Settings with { IsVerbose = settings.LogLevel == LogLevel.DebugLevel.StringFor() };
        _formatter = new LogFormatter(_settings);
    }

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
        if (LogNoise.Contains(entry, _settings.IsVerbose))
            return;
        if (_settings.IsVerbose)
            Console.Error.WriteLine(_formatter.Format(entry));
        else if (_linkFailures.Filter(entry.Message, entry.Time) is { } told)
            Console.Error.WriteLine(_formatter.Format(entry with { Message = told }));
    }
}
