using Akka.Actor.Setup;

namespace TspActors.Configuration.Hosting;

/// <summary>Hands the log's settings to <see cref="StandardErrorLoggerActor"/>, which Akka creates without arguments.</summary>
internal sealed class LogSetup(LogSettings settings) : Setup
{
    /// <summary>What the log says, and how it is written.</summary>
    public LogSettings Settings { get; } = settings;
}
