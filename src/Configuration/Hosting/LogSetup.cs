using Akka.Actor.Setup;

namespace TspActors.Configuration.Hosting;

/// <summary>Passes the log settings to <see cref="StandardErrorLoggerActor"/>, which Akka creates without arguments.</summary>
internal sealed class LogSetup(LogSettings settings) : Setup
{
    /// <summary>The log settings.</summary>
    public LogSettings Settings { get; } = settings;
}
