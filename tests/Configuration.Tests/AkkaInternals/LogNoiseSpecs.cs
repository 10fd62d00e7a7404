using System.Reflection;
using System.Text;
using Akka.Event;
using TspActors.Configuration.AkkaInternals;
using TspActors.Configuration.Hosting;

namespace TspActors.Configuration.Tests.AkkaInternals;

/// <summary>Checks which of Akka's log events are left out because the program reports them itself.</summary>
public sealed class LogNoiseSpecs
{
    [Theory]
    [InlineData("akka://tsp-tracker/system/cluster/core/daemon", LogLevel.WarningLevel, "Marking node as UNREACHABLE")]
    [InlineData("remoting (akka://tsp-tracker)", LogLevel.WarningLevel, "Tried to associate")]
    [InlineData("akka://tsp-tracker/system/endpointManager/reliableEndpointWriter", LogLevel.ErrorLevel, "Disassociated")]
    public void Events_about_connections_and_members_are_logged_only_in_verbose_mode(string source, LogLevel level, string message)
    {
        Assert.True(IsNoise(source, level, message));
        Assert.False(IsNoise(source, level, message, verbose: true));
    }

    [Theory]
    [InlineData("akka://tsp-tracker/system/cluster/core/daemon", LogLevel.ErrorLevel, "It failed")]
    [InlineData("akka://tsp-tracker/user/tracker", LogLevel.WarningLevel, "The catalog is full")]
    [InlineData("akka://tsp-tracker/user/tracker", LogLevel.ErrorLevel, "Disassociated")]
    public void Other_events_are_logged(string source, LogLevel level, string message) => Assert.False(IsNoise(source, level, message));

    [Fact]
    public void A_failed_bind_is_not_logged_because_the_program_reports_it()
    {
        const string source = "akka://tsp-peer/system/IO-TCP/tcp-listener-1";
        Assert.True(IsNoise(source, LogLevel.ErrorLevel, "Bind failed", verbose: true));
        Assert.False(IsNoise(source, LogLevel.DebugLevel, "Bound", verbose: true));
    }

    // .NET assemblies store literals as UTF-16. If this fails after an update of Akka, find the new names of its log sources.
    [Fact]
    public void Akka_still_names_its_log_sources_as_the_filter_assumes() => Assert.All(
        LogNoise.AssumedTexts,
        assumed => Assert.True(
            File.ReadAllBytes(Assembly.Load(assumed.Assembly).Location).AsSpan().IndexOf(Encoding.Unicode.GetBytes(assumed.Text)) >= 0,
            $"{assumed.Text} in {assumed.Assembly}"));

    private static bool IsNoise(string source, LogLevel level, string message, bool verbose = false) =>
        LogNoise.Contains(new LogEntry(DateTime.UnixEpoch, level, source, message), verbose);
}
