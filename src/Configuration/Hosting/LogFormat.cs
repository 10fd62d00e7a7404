namespace TspActors.Configuration.Hosting;

/// <summary>The format of a log line.</summary>
public enum LogFormat
{
    /// <summary>For people: time, level and message.</summary>
    Text,

    /// <summary>For programs: one JSON object per line, with the fields time, level, source, message and error.</summary>
    Json,
}

/// <summary>The settings of the log.</summary>
/// <param name="IsVerbose">Whether events of all levels are logged, not only warnings and errors.</param>
/// <param name="Format">The format of each line.</param>
public sealed record LogSettings(bool IsVerbose, LogFormat Format)
{
    /// <summary>Reads the format from the setting <paramref name="key"/>.</summary>
    public static LogFormat ReadFormat(SettingsReader reader, string key)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return reader.OneOf(key, "text", "json") == "json" ? LogFormat.Json : LogFormat.Text;
    }
}
