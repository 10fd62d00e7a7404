using System.Globalization;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using TspActors.Configuration.AkkaInternals;

namespace TspActors.Configuration.Hosting;

/// <summary>Writes the log to standard error, a line an event; what an exception carried is shown in full at the debug level only.</summary>
internal sealed class StandardErrorLoggerActor : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    // A port that cannot be opened is told to whoever asked for it, in better words than the socket's own.
    private const string ListenerSource = "/IO-TCP/tcp-listener";

    // What Akka says of links and members that come and go is told by who uses them, once and in better words.
    private static readonly string[] Chatty = ["remoting (", "/system/endpointManager/", "/system/transports/", "/system/cluster/", "Akka.Cluster.Cluster"];

    // Errors by level, but what they say is that a member is gone, or out of reach.
    private static readonly string[] NoErrors = ["Disassociated", "No response from remote for outbound association"];

    private readonly bool _isVerbose = Context.System.Settings.LogLevel == LogLevel.DebugLevel.StringFor();
    private readonly LinkFailures _linkFailures = new();

    public StandardErrorLoggerActor()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(Write);
    }

    private void Write(LogEvent log)
    {
        if (!_isVerbose && IsChatter(log))
            return;
        if (log.LogSource.Contains(ListenerSource, StringComparison.Ordinal) && log.LogLevel() != LogLevel.DebugLevel)
            return;
        var text = $"{log.Message}";
        if (!_isVerbose)
        {
            if (_linkFailures.Tell(text, log.Timestamp) is not { } told)
                return;
            text = told;
        }

        var cause = log.Cause is { } error ? $" ({error.GetBaseException().Message})" : "";
        var line = string.Create(CultureInfo.InvariantCulture, $"{log.Timestamp.ToLocalTime():HH:mm:ss} {Word(log.LogLevel())}: {text}{cause}");
        Console.Error.WriteLine(OneLine.Escape(line));
    }

    private static bool IsChatter(LogEvent log) =>
        (log.LogLevel() == LogLevel.WarningLevel || NoErrors.Any(start => $"{log.Message}".StartsWith(start, StringComparison.Ordinal)))
        && Chatty.Any(source => log.LogSource.Contains(source, StringComparison.Ordinal));

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.DebugLevel => "debug",
        LogLevel.InfoLevel => "info",
        LogLevel.WarningLevel => "warning",
        _ => "error",
    };
}
