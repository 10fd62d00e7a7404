using Akka.Actor;
using Akka.Configuration;
using TspActors.Configuration.AkkaInternals;

namespace TspActors.Configuration.Tests.AkkaInternals;

/// <summary>Checks that Akka uses the silent logger, because standard output is reserved for results.</summary>
public sealed class SilentLoggerSpecs
{
    [Fact]
    public void The_logger_is_found_by_its_class_name() =>
        Assert.Equal(typeof(SilentLogger), Type.GetType(SilentLogger.ClassName));

    [Fact]
    public async Task Akka_still_uses_the_logger_that_the_setting_names()
    {
        using var system = ActorSystem.Create(
            "quiet", ConfigurationFactory.ParseString($"akka.stdout-logger-class = \"{SilentLogger.ClassName}\""));
        Assert.IsType<SilentLogger>(system.Settings.StdoutLogger);
        await system.Terminate();
    }
}
