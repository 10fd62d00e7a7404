using Akka.Event;

namespace TspActors.Configuration.AkkaInternals;

/// <summary>
/// Replaces the logger that Akka uses before its other loggers start and after they stop. Akka's own logger writes to standard output,
/// where it would corrupt the results or songs that the program writes there. Setting its level to OFF does not help, because Akka
/// changes it to the level of the other loggers at shutdown.
/// </summary>
internal sealed class SilentLogger : MinimalLogger
{
    /// <summary>The value of akka.stdout-logger-class that selects this class.</summary>
    public const string ClassName = "TspActors.Configuration.AkkaInternals.SilentLogger, TspActors.Configuration";

    protected override void Log(object message)
    {
        // The message is dropped: the configured loggers log everything that matters.
    }
}
