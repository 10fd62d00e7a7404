using Akka.Event;

namespace TspActors.Configuration.Hosting;

/// <summary>A log event.</summary>
/// <param name="Time">When it happened, in UTC.</param>
/// <param name="Level">Its severity.</param>
/// <param name="Source">The path of the actor that logged it, or the name of a component.</param>
/// <param name="Message">What happened.</param>
/// <param name="Error">The exception that caused it, if any.</param>
internal sealed record LogEntry(DateTime Time, LogLevel Level, string Source, string Message, Exception? Error = null)
{
    /// <summary>Converts an Akka log event.</summary>
    public static LogEntry From(LogEvent log) => new(log.Timestamp, log.LogLevel(), log.LogSource, $"{log.Message}", log.Cause);
}
