using Akka.Event;

namespace TspActors.Configuration.Hosting;

/// <summary>The format of a log line.</summary>
public enum LogFormat
{
    /// <summary>Human-readable text: time, level and message.</summary>
    Text,

    /// <summary>Machine-readable: one JSON object per line, with the fields time, level, source, message and error.</summary>
    Json,
}

/// <summary>The log settings.</summary>
/// <param name="IsVerbose">Whether events of all levels are logged, regardless of <paramref name="Level"/>.</param>
/// <param name="Format">The format of each line.</param>
/// <param name="Level">The lowest level that is logged.</param>
public sealed record LogSettings(bool IsVerbose, LogFormat Format, LogLevel Level = LogLevel.WarningLevel)
{
    /// <summary>The effective level: the command-line option overrides the setting.</summary>
    public LogLevel EffectiveLevel => IsVerbose ? LogLevel.DebugLevel : Level;

    /// <summary>Reads the level from the setting <paramref name="key"/>.</summary>
    public static LogLevel ReadLevel(SettingsReader reader, string key)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return reader.OneOf(key, "warning", "info", "debug") switch
        {
            "debug" => LogLevel.DebugLevel,
            "info" => LogLevel.InfoLevel,
            _ => LogLevel.WarningLevel,
        };
    }

    /// <summary>Reads the format from the setting <paramref name="key"/>.</summary>
    public static LogFormat ReadFormat(SettingsReader reader, string key)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return reader.OneOf(key, "text", "json") == "json" ? LogFormat.Json : LogFormat.Text;
    }
}
