using System.Globalization;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace TspActors.Configuration;

/// <summary>Writes the log to standard error, a line an event; what an exception carried is shown in full at the debug level only.</summary>
internal sealed class StandardErrorLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    // A port that cannot be opened is told to whoever asked for it, in better words than the socket's own.
    private const string ListenerSource = "/IO-TCP/tcp-listener";

    // What Akka says of links and members that come and go is told by who uses them, once and in better words.
    private static readonly string[] Chatty = ["remoting (", "/system/endpointManager/", "/system/transports/", "/system/cluster/", "Akka.Cluster.Cluster"];

    // Errors by level, but what they say is that a member is gone, or out of reach.
    private static readonly string[] NoErrors = ["Disassociated", "No response from remote for outbound association"];

    // Tried again and again, and refused each time: told once in a while, in one line.
    private const string HandshakeFailed = "TLS handshake failed on channel";
    private static readonly TimeSpan BetweenHandshakes = TimeSpan.FromMinutes(1);

    private readonly bool _isVerbose = Context.System.Settings.LogLevel == LogLevel.DebugLevel.StringFor();
    private DateTime _handshakeTold = DateTime.MinValue;

    public StandardErrorLogger()
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
        if (!_isVerbose && text.StartsWith(HandshakeFailed, StringComparison.Ordinal))
        {
            if (log.Timestamp - _handshakeTold < BetweenHandshakes)
                return;
            _handshakeTold = log.Timestamp;
            text = text.Split('\n')[0];
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
