using Akka.Event;

namespace TspActors.Configuration.AkkaInternals;

/// <summary>
/// Takes the place of the logger that Akka uses before its other loggers start and after they stop. Akka's own one writes to standard
/// output, into results and songs, even where its level is OFF: at the end, Akka sets the level of the other loggers.
/// </summary>
internal sealed class SilentLogger : MinimalLogger
{
    /// <summary>The value of akka.stdout-logger-class that selects this class.</summary>
    public const string ClassName = "TspActors.Configuration.AkkaInternals.SilentLogger, TspActors.Configuration";

    protected override void Log(object message)
    {
        // Dropped: the loggers that are configured have logged everything that matters.
    }
}
