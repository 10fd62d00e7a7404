using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Akka.Event;

namespace TspActors.Configuration.Hosting;

/// <summary>
/// Formats log events as lines: human-readable text, or JSON for programs. Times are in UTC, in ISO 8601 format with milliseconds.
/// </summary>
/// <remarks>In verbose mode, text lines also name their source, and exceptions are written in full.</remarks>
internal sealed class LogFormatter(LogSettings settings)
{
    // A log is not HTML, so HTML characters need no escaping. This encoder still escapes control characters, so nothing in a message can
    // move a terminal's cursor.
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Returns the formatted event, without a line break at its end.</summary>
    public string Format(LogEntry entry) => settings.Format == LogFormat.Json ? FormatJson(entry) : FormatText(entry);

    private string FormatText(LogEntry entry)
    {
        var source = settings.IsVerbose ? $" {entry.Source}" : "";
        var cause = entry.Error is { } error ? $" ({error.GetBaseException().Message})" : "";
        var line = DisplayText.Escape($"{Time(entry)} {Name(entry.Level)}{source}: {entry.Message}{cause}");
        if (!settings.IsVerbose || entry.Error is null)
            return line;
        var details = entry.Error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return string.Join(Environment.NewLine, [line, .. details.Select(detail => $"  {DisplayText.Escape(detail)}")]);
    }

    private string FormatJson(LogEntry entry)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonOptions))
        {
            json.WriteStartObject();
            json.WriteString("time", Time(entry));
            json.WriteString("level", Name(entry.Level));
            json.WriteString("source", entry.Source);
            json.WriteString("message", entry.Message);
            json.WriteString("error", settings.IsVerbose ? entry.Error?.ToString() : entry.Error?.GetBaseException().Message);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Time(LogEntry entry) => entry.Time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.DebugLevel => "debug",
        LogLevel.InfoLevel => "info",
        LogLevel.WarningLevel => "warning",
        _ => "error",
    };
}
