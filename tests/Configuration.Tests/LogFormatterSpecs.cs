using System.Text.Json;
using Akka.Event;
using TspActors.Configuration.Hosting;

namespace TspActors.Configuration.Tests;

/// <summary>Checks the format of log lines.</summary>
public sealed class LogFormatterSpecs
{
    private static readonly LogEntry Entry = new(
        new DateTime(
            2026, 1, 2, 3, 4, 5, 67, DateTimeKind.Utc), LogLevel.WarningLevel, "akka://tsp-peer/user/library", "Two files\nare gone");

    [Fact]
    public void A_line_in_text_format_shows_the_time_in_UTC_and_the_level() =>
        Assert.Equal("2026-01-02T03:04:05.067Z warning: Two files\\u000aare gone", Text(Entry));

    [Fact]
    public void An_error_shows_its_root_cause() =>
        Assert.Equal(
            "2026-01-02T03:04:05.067Z error: It failed (disk full)",
            Text(Entry with
            {
                Level = LogLevel.ErrorLevel,
                Message = "It failed",
                Error = new InvalidOperationException("outer", new IOException("disk full"))
            }));

    [Fact]
    public void A_verbose_line_shows_its_source_and_the_full_exception()
    {
        var lines = Text(
            Entry with { Level = LogLevel.DebugLevel, Message = "gone", Error = Thrown() }, verbose: true).Split(Environment.NewLine);

        Assert.Equal("2026-01-02T03:04:05.067Z debug akka://tsp-peer/user/library: gone (disk full)", lines[0]);
        Assert.Equal("  System.IO.IOException: disk full", lines[1]);
        Assert.StartsWith("  at ", lines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LogLevel.DebugLevel, "debug")]
    [InlineData(LogLevel.InfoLevel, "info")]
    [InlineData(LogLevel.WarningLevel, "warning")]
    [InlineData(LogLevel.ErrorLevel, "error")]
    public void A_JSON_line_has_five_fields(LogLevel level, string name)
    {
        var line = Json(Entry with { Level = level });

        Assert.Equal(
            $$"""{"time":"2026-01-02T03:04:05.067Z","level":"{{name}}","source":"akka://tsp-peer/user/library","message":"Two files\nare gone","error":null}""", line);
    }

    [Fact]
    public void JSON_escapes_control_characters()
    {
        var line = Json(Entry with { Message = "\e[2J\u009bJ \"Zoë\"" });

        Assert.DoesNotContain(line, char.IsControl);
        Assert.Equal("\e[2J\u009bJ \"Zoë\"", Field(line, "message"));
    }

    [Fact]
    public void JSON_shows_the_root_cause_and_in_verbose_mode_the_whole_exception()
    {
        Assert.Equal("disk full", Field(Json(Entry with { Error = Thrown() }), "error"));
        Assert.Contains("   at ", Field(Json(Entry with { Error = Thrown() }, verbose: true), "error"), StringComparison.Ordinal);
    }

    private static string Text(LogEntry entry, bool verbose = false) =>
        new LogFormatter(new LogSettings(verbose, LogFormat.Text)).Format(entry);

    private static string Json(LogEntry entry, bool verbose = false) =>
        new LogFormatter(new LogSettings(verbose, LogFormat.Json)).Format(entry);

    private static string? Field(string line, string name)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty(name).GetString();
    }

    private static IOException Thrown()
    {
        try
        {
            throw new IOException("disk full");
        }
        catch (IOException error)
        {
            return error;
        }
    }
}
